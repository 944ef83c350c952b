"""Reading of what real nodes tell of indices, followers, copies and certificates (6.8.23, 8.19.0 and 9.2.0)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diag.evidence.call import Answer
from diag.evidence.elasticsearch import certificates, followers, indices, replication, transforms
from diag.model import (
    FollowerShards,
    FollowersHealth,
    Index,
    Indices,
    InitialRecovery,
    LoadedCertificate,
    LoadedCertificates,
    Reason,
    Replication,
    Step,
    Transforms,
    Unavailable,
    Version,
)

RECORDED = Path(__file__).parents[1] / "collect" / "api"
RELEASES = ("6.8.23", "8.19.0", "9.2.0")
STREAM = ".ds-ds-1-2026.11.26-000001"
REFUSED = Unavailable(step=Step.API, reason=Reason.FORBIDDEN, detail="403")


def recorded(name: str, release: str) -> Any:
    """A recorded answer."""
    return json.loads((RECORDED / f"{name}-{release}.json").read_text())


def kept(release: str, *wanted: str) -> Indices:
    """What a remote cluster has of what is wanted."""
    found = indices.read(recorded("remote-metadata", release), recorded("remote-around", release), wanted)
    assert isinstance(found, Indices)
    return found


def names(found: Indices) -> list[str]:
    """The names of the indices."""
    return [one.name for one in found.all]


@pytest.mark.parametrize(
    ("release", "created_in"),
    [("6.8.23", Version(6, 8, 23)), ("8.19.0", Version(8, 0, 0)), ("9.2.0", Version(9, 0, 0))],
)
def test_an_index(release: str, created_in: Version) -> None:
    """The release that made it is told by a number, of which from 8.11 on the major alone can be read."""
    found = kept(release, "plain-*", "closed-1")
    assert names(found) == ["closed-1", "plain-1", "plain-2", "plain-3"]
    closed, first, _, third = found.all
    assert (closed.closed, first.closed, first.system, first.follows) == (True, False, False, False)
    assert (first.created_in, third.pipelines) == (created_in, ("pipe1",))
    assert isinstance(first.created, datetime)
    assert (first.soft_deletes, first.replicable) == (None, release != "6.8.23")
    assert (first.aliases, third.policy) == (("the-alias",), "pol1" if release == "6.8.23" else "")


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_wanted(release: str) -> None:
    """By name, by pattern, by alias, and nothing of what is not asked for."""
    assert names(kept(release, "plain-2", "nothing", "nothing-*")) == ["plain-2"]
    assert names(kept(release, "the-*")) == ["plain-1"]
    assert names(kept(release, "nothing")) == []
    assert names(kept(release, "_all")) == names(kept(release, "*"))
    assert kept(release, "plain-[1]").all == ()


@pytest.mark.parametrize("release", RELEASES[1:])
def test_data_streams(release: str) -> None:
    """An index behind a data stream is wanted by the name of that, and by an alias of it, which the index itself does not have."""
    for wanted in ("ds-1", "ds-*", "ds-alias"):
        found = kept(release, wanted)
        assert (names(found), found.data_streams) == ([STREAM], ("ds-1",))
        assert found.all[0].aliases == ("ds-alias",)
    assert kept(release, "plain-1").data_streams == ()


@pytest.mark.parametrize("release", RELEASES)
def test_policies_and_pipelines(release: str) -> None:
    """They are in the call without indices alone: a cluster leaves them out of an answer about indices that were named."""
    found = kept(release, "plain-1")
    assert found.pipelines == ("pipe1",)
    assert found.policies == (("pol1",) if release == "6.8.23" else ())
    assert set(recorded("remote-metadata", release)["metadata"]) <= {"indices", "data_stream"}


def test_a_follower() -> None:
    """It says so itself, and that it keeps its history."""
    found = indices.read(recorded("local-metadata", "6.8.23"), recorded("remote-around", "6.8.23"), ("copy",))
    assert isinstance(found, Indices)
    assert (found.all[0].follows, found.all[0].soft_deletes, found.all[0].replicable) == (True, True, True)


def test_without_one_of_both_nothing_is_said() -> None:
    """Half an answer would look as if there were no policies, or no indices."""
    one, other = recorded("remote-metadata", "9.2.0"), recorded("remote-around", "9.2.0")
    assert indices.read(REFUSED, other, ("a",)) is REFUSED
    assert indices.read(one, REFUSED, ("a",)) is REFUSED
    for broken in ({}, [], None, {"metadata": {}}):
        assert isinstance(indices.read(broken, other, ("a",)), Unavailable)
        assert isinstance(indices.read(one, broken, ("a",)), Unavailable)


@pytest.mark.parametrize("created", ["-5", -5, "x", "", 0, None, [], "9" * 400, True])
def test_a_number_of_a_release_that_is_none(created: object) -> None:
    """An index without such a number counts as one of a release that keeps its history."""
    state = {
        "cluster_uuid": "u",
        "metadata": {"indices": {"a": {"settings": {"index": {"version": {"created": created}}}}}},
    }
    found = indices.read(state, {"cluster_uuid": "u"}, ("a",))
    assert isinstance(found, Indices)
    assert found.all == (Index(name="a", blocks=()),)


def test_the_step_of_ilm() -> None:
    """Since when it is in a step stands there as text; before 7.8 no step is shown."""
    ilm = {"step": "wait-for-follow-shard-tasks", "step_time": "1795704594654"}
    answer = {"cluster_uuid": "u", "metadata": {"indices": {"a": {"ilm": ilm}}}}
    found = indices.read(answer, {"cluster_uuid": "u"}, ("a",))
    assert isinstance(found, Indices)
    assert found.all[0].step == "wait-for-follow-shard-tasks"
    assert found.all[0].step_since == datetime.fromtimestamp(1795704594.654, UTC)


@pytest.mark.parametrize(
    ("moment", "index", "status", "initializing"),
    [
        ("healthy", "copy", "green", 0),
        ("copying", "bigcopy", "yellow", 3),
        ("failing", "bigcopy", "red", 2),
        ("failed", "bigcopy", "red", 0),
    ],
)
def test_health_of_followers(moment: str, index: str, status: str, initializing: int) -> None:
    """While it is copied a follower is yellow, and red once that has failed; an index that is not there is left out."""
    found = followers.read_health(recorded("followers-health", "6.8.23")[moment], (index, "nowhere"))
    assert isinstance(found, FollowersHealth)
    assert found.all == (FollowerShards(index=index, status=status, initializing=initializing),)


def test_a_copy() -> None:
    """What is left is summed over the shards that come from the leader, which poses as a repository."""
    answer = recorded("recovery", "6.8.23")
    total = 8501787 + 7720615 + 7991755
    assert followers.read_recoveries(answer) == (
        InitialRecovery(index="bigcopy", left=total - 393611 - 524683 - 328075),
    )
    for shard in answer["bigcopy"]["shards"]:
        shard["type"] = "PEER"
    assert followers.read_recoveries(answer) == ()
    assert followers.read_recoveries({}) == ()
    assert isinstance(followers.read_recoveries([]), Unavailable)


def test_the_rate_of_a_copy() -> None:
    """What is set goes before what is usual; zero means that there is no limit, and nonsense that it is the usual one."""
    answer = recorded("settings-of-replication", "6.8.23")
    assert followers.read_rate(answer["set"]) == 100 << 10
    assert followers.read_rate(answer["unset"]) == followers.read_rate({}) == 40 << 20
    for text, rate in (("1gb", 1 << 30), ("512b", 512), ("1.5mb", 3 << 19), ("0b", 0), ("-1", 40 << 20), (7, 40 << 20)):
        settings = {"transient": {"ccr": {"indices": {"recovery": {"max_bytes_per_sec": text}}}}}
        assert followers.read_rate(settings) == rate, text


def test_replication_of_a_real_cluster() -> None:
    """A follower that is being copied is paused, one that is refused is tried again, one whose leader is gone has stopped."""
    answers = recorded("replication", "6.8.23")
    found = {moment: replication.read(one["stats"], one["info"]) for moment, one in answers.items()}
    assert all(isinstance(one, Replication) for one in found.values())
    copying, refused, deleted = (found[moment].followers for moment in ("copying", "refused", "deleted"))  # type: ignore[union-attr]  # as above.
    assert [(one.index, one.paused) for one in copying] == [("copy", False), ("bigcopy", True)]
    assert (refused[0].fatal, refused[0].most_retries, refused[0].has_task) == ("", 10, True)
    assert refused[0].exceptions[0].startswith("security_exception: action [indices:data/read/xpack/ccr/shard_changes]")
    assert deleted[0].fatal == "index_not_found_exception: no such index"


@pytest.mark.parametrize("release", RELEASES)
def test_certificates(release: str) -> None:
    """What a node has loaded: its own, and the CAs. Serial numbers are whole bytes, as those of decoded certificates."""
    for side, own in (("local", 1), ("remote", 2 if release == "6.8.23" else 3)):
        answer = recorded(f"{side}-certificates", release)
        found = certificates.read(answer)
        assert not isinstance(found, Unavailable)
        assert sum(one.own for one in found.all) == own
        assert "CN=E2E Transport CA" in {one.subject for one in found.all}
        assert all(len(one.serial) == 40 and set(one.serial) <= set("0123456789abcdef") for one in found.all)
        assert [int(one.serial, 16) for one in found.all] == [int(one["serial_number"], 16) for one in answer]
        assert all(one.expires is not None and one.expires.tzinfo is UTC for one in found.all)


@pytest.mark.parametrize(
    ("written", "serial"),
    [
        ("f0b6d", "0f0b6d"),
        ("1", "01"),
        ("0", "00"),
        ("", ""),
        ("00ff", "ff"),
        ("-1f", "-1f"),
        ("-F", "-0f"),
        (None, ""),
    ],
)
def test_serial_numbers(written: object, serial: str) -> None:
    """Java leaves out leading zeros; a negative number keeps its sign."""
    found = certificates.read([{"serial_number": written}])
    assert not isinstance(found, Unavailable)
    assert found.all == (LoadedCertificate(path="", subject="", serial=serial),)


def test_what_is_no_list_of_certificates() -> None:
    """A list that holds something else is none."""
    for answer in ({}, None, "x", [1], [{}, "x"], [{}] * 10_000):
        assert isinstance(certificates.read(answer), Unavailable)
    assert certificates.read([]) == LoadedCertificates(all=())


def test_transforms() -> None:
    """Those that read from remotes, with their state; ids of keys are in no evidence."""
    configured = {
        "count": 3,
        "transforms": [
            {"id": "a", "source": {"index": ["logs:x-*", "-logs:y", "here", "app::failures", "<x-{now/d{yyyy:MM}}>"]}},
            {"id": "b", "source": {"index": "one:x,two:y"}},
            {"id": "c", "source": {"index": ["here"]}},
        ],
    }
    reason = "unable to authenticate user [AAAAAAAAAAAAAAAAAAAA] for action [x]"
    states = {"count": 1, "transforms": [{"id": "a", "state": "failed", "reason": reason}]}
    found = transforms.read(configured, states)
    assert not isinstance(found, Unavailable)
    assert [(one.id, one.remotes, one.state) for one in found.all] == [
        ("a", ("logs",), "failed"),
        ("b", ("one", "two"), ""),
    ]
    assert found.all[0].reason == "unable to authenticate user [***] for action [x]"
    answers = {transforms.CALL: Answer(value=configured), transforms.STATES: Answer(value=REFUSED)}
    assert transforms.PIECE.of(answers) is REFUSED
    for cut in ([], {}, {**states, "count": 2}):
        assert isinstance(transforms.read(configured, cut), Unavailable)
    assert transforms.read({"count": 0}, {"count": 0}) == Transforms(all=())

"""Reading of what real nodes say when remotes are asked for patterns, and searched (8.19.0 and 9.2.0)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diag.evidence.call import Answer
from diag.evidence.elasticsearch import registrations, resolved, searches
from diag.model import Reason, ResolvedPatterns, SearchTrial, Unavailable

RECORDED = Path(__file__).parents[1] / "collect" / "api"
RELEASES = ("8.19.0", "9.2.0")
ID = "made-up-key-id-"


def recorded(name: str, release: str) -> Any:
    """A recorded answer."""
    return json.loads((RECORDED / f"{name}-{release}.json").read_text())


def asked_for(release: str, patterns: str) -> dict[str, ResolvedPatterns]:
    """What came of asking for patterns."""
    found = resolved.read_patterns(Answer(value=recorded("resolve-patterns", release)[patterns], seconds=0.5))
    assert not isinstance(found, Unavailable), found
    return dict(found)


@pytest.mark.parametrize("release", RELEASES)
def test_patterns(release: str) -> None:
    """Something matches, nothing matches, and nobody was reached, in which case nothing is told of it."""
    assert asked_for(release, "logs:logs*,logs:nosuch*")["logs"] == ResolvedPatterns(
        connected=True, version=release, matching=True, seconds=0.5
    )
    assert asked_for(release, "logs:nosuch*")["logs"].matching is False
    assert asked_for(release, "down:logs*")["down"] == ResolvedPatterns(connected=False, seconds=0.5)
    assert asked_for(release, "filed:diag-no-such-index")["filed"].error == "no such index [diag-no-such-index]"
    assert asked_for(release, "nob*:logs*") == {}


@pytest.mark.parametrize("release", RELEASES)
def test_many_remotes_in_one_answer(release: str) -> None:
    """Each has its own outcome, also where the key of one is refused; and no id of a key is kept."""
    found = asked_for(release, "logs:logs*,soon:logs*,filed:logs*,inval:logs*,wrong:logs*,repl:logs*")
    assert [alias for alias, one in sorted(found.items()) if one.matching] == ["filed", "logs", "soon"]
    assert found["inval"].error.startswith("unable to authenticate user [***] for action")
    assert found["repl"].connected is False
    assert ID not in repr(found)


@pytest.mark.parametrize("release", RELEASES)
def test_a_missing_privilege(release: str) -> None:
    """A name that is no pattern is refused where the key does not have it. What the refusal says of keys is masked, the rest is kept."""
    one = asked_for(release, "logs:nosuch")["logs"]
    assert (one.connected, one.matching) == (False, None)
    assert "authenticated by API key id [***] of user [elastic] on indices [nosuch]" in one.error
    assert ID not in repr(one)


def test_what_names_no_remotes() -> None:
    """An answer that holds something else is none."""
    for answer in ([], None, {"logs": 1}, {"error": "x", "status": 404}):
        assert isinstance(resolved.read_patterns(Answer(value=answer, seconds=0.1)), Unavailable)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "alias", "status", "skipped", "says"),
    [
        ("successful", "logs", "successful", False, ""),
        ("partial", "logs", "partial", False, "no_shard_available_action_exception"),
        ("skipped", "downskip", "skipped", True, "Unable to connect to [downskip]"),
        ("unreachable", "down", "failed", False, "Unable to open any proxy connections to cluster [down]"),
        ("forbidden", "logs", "failed", False, "towards remote cluster"),
        ("refused", "inval", "failed", False, "unable to authenticate user [***] for action"),
        ("no-index", "logs", "failed", False, "no such index [nosuch*]"),
        ("unknown-alias", "nobody", "failed", False, "no such remote cluster: [nobody]"),
        ("no-shard", "logs", "failed", False, "no_shard_available_action_exception"),
        ("two", "downskip", "skipped", True, "Unable to connect to [downskip]"),
    ],
)
def test_searches(release: str, name: str, alias: str, status: str, skipped: bool, says: str) -> None:  # noqa: FBT001 -- the columns of the table.
    """What became of a search: from the part about the remote, or from the refusal of the whole."""
    found = searches.read(recorded("searches", release)[name], alias)
    assert isinstance(found, SearchTrial)
    assert (found.status, found.skipped) == (status, skipped)
    assert says in found.error
    assert bool(found.error) is (name != "successful")
    assert ID not in found.error


@pytest.mark.parametrize("release", RELEASES)
def test_a_search_of_two_remotes(release: str) -> None:
    """Of one that was left out, the other one knows nothing."""
    answer = recorded("searches", release)["two"]
    answer.pop("_shards", None)
    assert searches.read(answer, "logs") == SearchTrial(status="successful")


def test_a_refused_login_is_no_refused_remote() -> None:
    """Both come with 401; of the login of diag it is said which request was refused, of that of a remote which action."""
    for reason in (
        "unable to authenticate user [elastic] for REST request [/logs:logs*/_search]",
        "missing authentication credentials for REST request [/logs:logs*/_search]",
    ):
        found = searches.read({"error": {"type": "security_exception", "reason": reason}, "status": 401}, "logs")
        assert isinstance(found, Unavailable)
        assert found.reason is Reason.UNAUTHENTICATED


def test_old_and_odd_answers() -> None:
    """Before 8.10 there are no details; what holds neither counts nor an error with a type is no answer of a cluster."""
    counted = {"_clusters": {"total": 1, "successful": 0, "skipped": 1}}
    assert searches.read(counted, "logs") == SearchTrial(skipped=True)
    assert searches.read({"_clusters": {"total": 1, "successful": 1, "skipped": 0}}, "logs") == SearchTrial()
    for answer in ({"error": "Bad gateway"}, {}, [], None, {"_clusters": {}}, {"hits": {}}):
        assert isinstance(searches.read(answer, "logs"), Unavailable)


def test_settings_of_former_releases() -> None:
    """What an upgrade archived, and what stands under the old name, is told with its whole key; it is in force nowhere."""
    answer = {
        "persistent": {
            "archived": {"cluster": {"remote": {"logs": {"ignore_unavailable": "true", "transport": {"x": "1"}}}}},
            "cluster": {"remote": {"logs": {"seeds": ["a:1"]}}},
        },
        "transient": {"search": {"remote": {"old": {"seeds": ["u:planted@a:1"]}}}},
        "defaults": {"search": {"remote": {"connect": "true", "node": {"attr": ""}}}},
    }
    found = registrations.read(answer)
    assert not isinstance(found, Unavailable)
    by_alias = {one.alias: one for one in found.all}
    assert by_alias["logs"].archived == (
        "archived.cluster.remote.logs.ignore_unavailable",
        "archived.cluster.remote.logs.transport.x",
    )
    assert by_alias["logs"].values == (("seeds", "a:1"),)
    assert by_alias["old"].archived == ("search.remote.old.seeds",)
    assert not by_alias["old"].exists
    assert set(by_alias) == {"logs", "old"}

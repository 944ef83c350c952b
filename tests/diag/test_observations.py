"""What a round leaves to the next one: red followers, beside what the looks at a remote showed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from diag.engine import judge
from diag.model import (
    ClusterEvidence,
    Follower,
    FollowerShards,
    FollowersHealth,
    History,
    Observation,
    Reason,
    Registration,
    Replication,
    Step,
    Unavailable,
)
from diag.observations import MAX_OBSERVATIONS, past_of_all, red_followers
from tests import caselib
from tests.diag.daemon.world import healthy

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
REFUSED = Unavailable(step=Step.API, reason=Reason.FORBIDDEN, detail="403")


def followed(health: FollowersHealth | Unavailable, *, minute: int = 0, past: History | None = None) -> ClusterEvidence:
    """A cluster whose remote is followed by two indices; a third one follows another remote."""
    evidence = healthy()
    alias = evidence.remotes[0].remote.alias
    followers = tuple(
        Follower(index=name, remote=remote, leader=name)
        for name, remote in (("a", alias), ("b", alias), ("c", "elsewhere"))
    )
    api = dataclasses.replace(evidence.api, replication=Replication(followers=followers), health=health)
    (one,) = evidence.remotes
    one = one if past is None else dataclasses.replace(one, past=past)
    return dataclasses.replace(evidence, api=api, remotes=(one,), taken_at=START + timedelta(minutes=minute))


def shards(**status: str) -> FollowersHealth:
    """The health of followers."""
    return FollowersHealth(all=tuple(FollowerShards(index=index, status=one) for index, one in status.items()))


def looks(evidence: ClusterEvidence) -> tuple[Observation, ...]:
    """What is handed to the next round."""
    (past,) = past_of_all(judge(evidence, caselib.catalogue().checks)).values()
    return past.looks


def test_red_followers_are_handed_on() -> None:
    """Those of this remote, and none that is yellow, of another remote, or no follower at all."""
    evidence = followed(shards(b="red", a="red", c="red", d="red"))
    assert looks(evidence)[-1].red == ("a", "b")
    assert red_followers(evidence, "elsewhere") == ("c",)
    assert looks(followed(shards(a="yellow", b="green")))[-1].red == ()


def test_the_settings_that_rebuild_a_connection_are_handed_on() -> None:
    """Compression and pings of the remote, and nothing of its address; None where the settings were not read."""
    evidence = followed(shards())
    one = evidence.remotes[0]
    told = Registration(alias="logs", values=(("mode", "proxy"), ("transport.compress", "true")))
    for registration, expected in ((told, (("transport.compress", "true"),)), (REFUSED, None)):
        belief = dataclasses.replace(one.belief, registration=registration)
        changed = dataclasses.replace(evidence, remotes=(dataclasses.replace(one, belief=belief),))
        assert looks(changed)[-1].options == expected


def test_what_could_not_be_told_is_not_red() -> None:
    """Neither without the health, nor without the list of followers."""
    assert red_followers(followed(REFUSED), "logs") is None
    evidence = followed(shards(a="red"))
    evidence = dataclasses.replace(evidence, api=dataclasses.replace(evidence.api, replication=REFUSED))
    assert looks(evidence)[-1].red is None


def test_since_when_a_follower_is_red_stays_known() -> None:
    """Of looks that saw the same the first and the last are kept: from the first on it has been red without a break."""
    past: History | None = History(looks=())
    for minute in range(2 * MAX_OBSERVATIONS):
        past = History(looks=looks(followed(shards(a="red", b="green"), minute=minute, past=past)))
    assert past is not None
    assert [(look.at - START, look.red) for look in past.looks] == [
        (timedelta(0), ("a",)),
        (timedelta(minutes=2 * MAX_OBSERVATIONS - 1), ("a",)),
    ]


def test_a_follower_that_recovers_is_a_new_look() -> None:
    """Red, well, and red again are three states, and the last one is young."""
    past: History | None = History(looks=())
    for minute, health in enumerate((shards(a="red"), shards(a="green"), shards(a="red"))):
        past = History(looks=looks(followed(health, minute=minute, past=past)))
    assert past is not None
    assert [look.red for look in past.looks] == [("a",), (), ("a",)]
    assert past.looks[-1].at == START + timedelta(minutes=2)


def test_the_past_is_bounded() -> None:
    """A follower that flaps for a year does not fill the memory."""
    past: History | None = History(looks=())
    for minute in range(2 * MAX_OBSERVATIONS):
        health = shards(a="red" if minute % 2 else "green")
        past = History(looks=looks(followed(health, minute=minute, past=past)))
    assert past is not None
    assert len(past.looks) == MAX_OBSERVATIONS

"""What diag says of a login that lacks a privilege holds: exactly the checks that it names are unknown."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from diag.engine import judge
from diag.model import (
    PIECES,
    ClusterEvidence,
    Follower,
    FollowerShards,
    FollowersHealth,
    Index,
    Indices,
    InitialRecoveries,
    LocalApi,
    Outcome,
    Piece,
    Reason,
    RemoteInfo,
    Replication,
    Side,
    Step,
    Subject,
    Unavailable,
)
from tests import caselib

LOGIN = "auth/diag-user-insufficient"
REFUSED = Unavailable(step=Step.API, reason=Reason.FORBIDDEN, detail="GET /x: the privilege is missing (403)")


def healthy(base: str) -> ClusterEvidence:
    """The evidence that the cases start from."""
    return caselib.evidence(caselib.base_of(base))


def starting(api: LocalApi, alias: str) -> LocalApi:
    """With a follower that seems to be copied for the first time: only then somebody asks how far that is."""
    follower = Follower(index="copy", remote=alias, leader="orig", paused=True)
    shards = FollowersHealth(all=(FollowerShards(index="copy", status="yellow", initializing=1),))
    return api.having(
        {
            Replication: Replication(followers=(follower,)),
            FollowersHealth: shards,
            Indices: Indices(all=(Index(name="copy"),)),
        }
    )


def without(evidence: ClusterEvidence, subject: Subject, noun: type) -> ClusterEvidence:
    """The same where one piece was refused to the login."""
    remote, refused = evidence.remotes[0], {noun: REFUSED}
    if noun is InitialRecoveries:
        evidence = dataclasses.replace(evidence, api=starting(evidence.api, remote.remote.alias))
    if subject is Subject.LOCAL:
        return dataclasses.replace(evidence, api=evidence.api.having(refused))
    more: Any = (
        {"belief": remote.belief.having(refused)}
        if subject is Subject.LOCAL_VIEW
        else {"api": remote.api.having(refused)}
    )
    return dataclasses.replace(evidence, remotes=(dataclasses.replace(remote, **more),))


def release_refused(evidence: ClusterEvidence, side: Side) -> ClusterEvidence:
    """The same where the release was refused to the login."""
    if side is Side.LOCAL:
        return dataclasses.replace(evidence, local_version=REFUSED)
    return dataclasses.replace(evidence, remotes=(dataclasses.replace(evidence.remotes[0], remote_version=REFUSED),))


def exactly_the_named_ones(evidence: ClusterEvidence, call: str) -> None:
    """What is unknown in the report is what the check of the login names."""
    report = judge(evidence, caselib.catalogue().checks)
    results = [*report.results, *report.remotes[0].results]
    unknown = {result.check for result in results if result.outcome is Outcome.UNKNOWN}
    (finding,) = next(result.findings for result in results if result.check == LOGIN)
    assert set(finding.facts["unknown"]) == unknown  # type: ignore[arg-type]
    assert call in finding.summary
    assert all(name in finding.summary for name in unknown)


ASKED = [(subject, piece) for piece in PIECES if piece.calls for subject in piece.subjects]


@pytest.mark.parametrize("base", ["api_key", "certificate"])
@pytest.mark.parametrize(("subject", "piece"), ASKED, ids=[f"{one}-{piece.name}" for one, piece in ASKED])
def test_exactly_the_named_checks_are_unknown(base: str, subject: Subject, piece: Piece) -> None:
    """At a healthy remote, from which one piece is taken away."""
    call = piece.calls[0].name.removeprefix("GET /")
    exactly_the_named_ones(without(healthy(base), subject, piece.noun), call)


@pytest.mark.parametrize("base", ["api_key", "certificate"])
@pytest.mark.parametrize("side", Side)
def test_a_release_that_is_refused(base: str, side: Side) -> None:
    """It is brought by the same call as name and uuid."""
    exactly_the_named_ones(release_refused(healthy(base), side), "GET /")


def test_what_stands_in_for_a_keystore() -> None:
    """Without a declared keystore the list of remotes tells whether there is a key; refused, more is unknown, and named."""
    evidence = healthy("api_key")
    untold = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="no keystore is declared")
    remote = dataclasses.replace(evidence.remotes[0].remote, keystore_credential=None)
    remotes = (dataclasses.replace(evidence.remotes[0], remote=remote),)
    evidence = dataclasses.replace(evidence, keystore=untold, remotes=remotes)
    report = judge(without(evidence, Subject.LOCAL_VIEW, RemoteInfo), caselib.catalogue().checks)
    unknown = {one.check for one in report.remotes[0].results if one.outcome is Outcome.UNKNOWN}
    (finding,) = next(one.findings for one in report.results if one.check == LOGIN)
    assert {"auth/key-missing", "config/model-ambiguous"} <= unknown & set(finding.facts["unknown"])  # type: ignore[arg-type]


def test_the_call_that_was_refused_is_named() -> None:
    """Of two calls that bring a piece, the one that its absence names."""
    second = next(piece for piece in PIECES if piece.noun is Replication).calls[1]
    refused = dataclasses.replace(REFUSED, call=second.name)
    evidence = healthy("api_key")
    evidence = dataclasses.replace(evidence, api=evidence.api.having({Replication: refused}))
    exactly_the_named_ones(evidence, second.name.removeprefix("GET /"))


def test_what_only_follows_is_lost_too() -> None:
    """Where nobody may see what is replicated, it is not known which indices of the remote cluster matter: that is lost by the same refusal."""
    evidence = healthy("api_key")
    follows = Unavailable(step=Step.API, reason=Reason.NOT_DECLARED, detail="not known what for", cause=REFUSED)
    remote = evidence.remotes[0]
    remote = dataclasses.replace(remote, api=remote.api.having({Indices: follows}))
    api = evidence.api.having({Replication: REFUSED})
    exactly_the_named_ones(dataclasses.replace(evidence, api=api, remotes=(remote,)), "_ccr/stats")

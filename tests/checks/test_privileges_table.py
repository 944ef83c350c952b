"""What diag says of a login that lacks a privilege holds: exactly the checks that it names are unknown."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml

from checks.tables.privileges import NEEDS
from diag.engine import judge
from diag.evidence.api import BELIEF, LOCAL_API, REMOTE_API
from diag.model import (
    ClusterEvidence,
    Follower,
    FollowerShards,
    FollowersHealth,
    Index,
    InitialRecoveries,
    LocalApi,
    LocalIndices,
    LocalVersion,
    Outcome,
    Reason,
    RemoteInfo,
    RemoteVersion,
    Replication,
    SecureSettingsReload,
    Step,
    Unavailable,
)
from tests import caselib

LOGIN = "auth/diag-user-insufficient"
REFUSED = Unavailable(step=Step.API, reason=Reason.FORBIDDEN, detail="GET /x: the privilege is missing (403)")


def healthy(base: str) -> ClusterEvidence:
    """The evidence that the cases start from."""
    return caselib.evidence(yaml.safe_load((caselib.CASES / "base" / f"{base}.yaml").read_text()))


def starting(api: LocalApi, alias: str) -> LocalApi:
    """With a follower that seems to be copied for the first time: only then somebody asks how far that is."""
    follower = Follower(index="copy", remote=alias, leader="orig", paused=True)
    shards = FollowersHealth(all=(FollowerShards(index="copy", status="yellow", initializing=1),))
    return dataclasses.replace(
        api,
        replication=Replication(followers=(follower,)),
        health=shards,
        indices=LocalIndices(all=(Index(name="copy"),)),
    )


def without(evidence: ClusterEvidence, kind: type) -> ClusterEvidence:
    """The same where one piece was refused to the login."""
    remote = evidence.remotes[0]
    if kind is InitialRecoveries:
        evidence = dataclasses.replace(evidence, api=starting(evidence.api, remote.remote.alias))
    if kind is LocalVersion:
        return dataclasses.replace(evidence, local_version=REFUSED)
    if kind is RemoteVersion:
        return dataclasses.replace(evidence, remotes=(dataclasses.replace(remote, remote_version=REFUSED),))
    if kind in LOCAL_API:
        return dataclasses.replace(evidence, api=dataclasses.replace(evidence.api, **{LOCAL_API[kind]: REFUSED}))
    more: Any = (
        {"belief": dataclasses.replace(remote.belief, **{BELIEF[kind]: REFUSED})}
        if kind in BELIEF
        else {"api": dataclasses.replace(remote.api, **{REMOTE_API[kind]: REFUSED})}
    )
    return dataclasses.replace(evidence, remotes=(dataclasses.replace(remote, **more),))


def test_every_piece_of_an_api_has_its_line() -> None:
    """Whatever comes from a call has a privilege; what comes from a file has none."""
    assert set(NEEDS) == {LocalVersion, RemoteVersion, *LOCAL_API, *BELIEF, *REMOTE_API} - {SecureSettingsReload}


@pytest.mark.parametrize("base", ["api_key", "certificate"])
@pytest.mark.parametrize("kind", NEEDS, ids=lambda kind: kind.__name__)
def test_exactly_the_named_checks_are_unknown(base: str, kind: type) -> None:
    """At a healthy remote, from which one piece is taken away."""
    report = judge(without(healthy(base), kind), caselib.catalogue().checks)
    results = [*report.results, *report.remotes[0].results]
    unknown = {result.check for result in results if result.outcome is Outcome.UNKNOWN}
    (finding,) = next(result.findings for result in results if result.check == LOGIN)
    assert set(finding.facts["unknown"]) == unknown  # type: ignore[arg-type]
    assert NEEDS[kind].call in finding.summary
    assert all(name in finding.summary for name in unknown)


def test_what_stands_in_for_a_keystore() -> None:
    """Without a declared keystore the list of remotes tells whether there is a key; refused, more is unknown, and named."""
    evidence = healthy("api_key")
    untold = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_TOLD, detail="no keystore is declared")
    remote = dataclasses.replace(evidence.remotes[0].remote, keystore_credential=None)
    remotes = (dataclasses.replace(evidence.remotes[0], remote=remote),)
    evidence = dataclasses.replace(evidence, keystore=untold, remotes=remotes)
    report = judge(without(evidence, RemoteInfo), caselib.catalogue().checks)
    unknown = {one.check for one in report.remotes[0].results if one.outcome is Outcome.UNKNOWN}
    (finding,) = next(one.findings for one in report.results if one.check == LOGIN)
    assert {"auth/key-missing", "config/model-ambiguous"} <= unknown & set(finding.facts["unknown"])  # type: ignore[arg-type]

"""Two remotes at different addresses lead to one cluster, by the word of their APIs."""

from __future__ import annotations

import copy
import dataclasses

from diag.engine import judge
from diag.model import ClusterEvidence, Identity, Outcome, Severity
from tests import caselib


def two(uuid: str) -> ClusterEvidence:
    """The healthy remote, and another one whose API gives this UUID."""
    given = copy.deepcopy(caselib.base_of("api_key"))
    given["siblings"] = [{"alias": "audit", "proxy_address": "audit.example:9443", "server_name": "audit.example"}]
    evidence = caselib.evidence(given)
    (first,) = evidence.remotes
    api = dataclasses.replace(first.api, identity=Identity(name="logs", uuid=uuid))
    second = dataclasses.replace(first, remote=evidence.cluster.remotes[1], api=api)
    return dataclasses.replace(evidence, remotes=(first, second))


def test_one_cluster_behind_two_names() -> None:
    """Both are told, with the name of the other one."""
    check = caselib.catalogue().find("config/duplicate-remote")
    for remote in judge(two("remote-uuid"), [check]).remotes:
        (result,) = remote.results
        assert result.severity is Severity.WARNING
        assert "remote-uuid" in result.findings[0].summary
        assert {"audit", "logs"} - {remote.alias} == set(result.findings[0].facts["others"])  # type: ignore[arg-type]  # A tuple of names.


def test_two_clusters_are_two() -> None:
    """Other UUIDs, and those of a cluster that has not formed, say nothing."""
    check = caselib.catalogue().find("config/duplicate-remote")
    for uuid in ("another-uuid", "_na_"):
        assert {r.results[0].outcome for r in judge(two(uuid), [check]).remotes} == {Outcome.PASS}

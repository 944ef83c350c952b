"""Whether names in a certificate count, and what a finding about them is worth where that is not known."""

from __future__ import annotations

import dataclasses

from checks.shared.peer import answered
from checks.shared.verification import verification
from diag.check import NotApplicable
from diag.model import Chain, Finding, LocalCluster, Nodes, RemoteEvidence, RemoteInfo, Severity, Unavailable

_DECLARE = "declare it as transport.verification_mode of this cluster in diag.yaml"


def weighed(
    finding: Finding, remote_evidence: RemoteEvidence, cluster: LocalCluster, local_nodes: Nodes | Unavailable
) -> Finding | NotApplicable:
    """Weigh a finding about names by what the nodes verify: with ``certificate`` and ``none`` they look at no name.

    Where that is not known it is a warning at most, and no more than an info where the local cluster is connected. Where the local cluster
    says that it is not connected although the peer is trusted and answers diag, the names are what would explain it.
    """
    found = verification(cluster, remote_evidence.remote, local_nodes, remote_evidence.identity)
    if found.verifies_names:
        return finding
    if found.verifies_names is False:
        return NotApplicable(
            f"verification_mode is {found.mode} ({found.source}): names in the certificate do not count"
        )
    info = remote_evidence.belief[RemoteInfo]
    apart = (
        isinstance(info, RemoteInfo) and info.listed and not (info.connected or remote_evidence.connection_established)
    )
    if apart and _is_well_otherwise(remote_evidence):
        return dataclasses.replace(finding, remedy=f"{finding.remedy} If the nodes do not verify names, {_DECLARE}.")
    limit = Severity.INFO if remote_evidence.connection_established else Severity.WARNING
    matters = "It only matters with verification_mode: full, which is the default and which certutil and auto-configuration do not use"
    note = (
        "; the local cluster is connected, so that its nodes look at no names"
        if remote_evidence.connection_established
        else ""
    )
    return dataclasses.replace(
        finding,
        summary=f"{finding.summary.removesuffix('.')}. {matters}{note}.",
        remedy=f"If the nodes of the local cluster have verification_mode: full: {finding.remedy} If not, {_DECLARE}.",
        fix=tuple(dataclasses.replace(fix, when=fix.when or "if the nodes verify names") for fix in finding.fix),
        severity=min(finding.severity or limit, limit, key=lambda level: level.rank),
    )


def _is_well_otherwise(remote_evidence: RemoteEvidence) -> bool:
    """Whether everything but the names went well at some address: what else went wrong there would explain it just as well."""
    probes = () if isinstance(remote_evidence.endpoints, Unavailable) else remote_evidence.endpoints.probes
    return any(isinstance(one.chain, Chain) and one.chain.trusted and answered(one.transport) for one in probes)

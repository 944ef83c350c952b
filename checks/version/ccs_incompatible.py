"""The check version/ccs-incompatible."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.tables import docs, versions
from checks.version._pairs import pairs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    OfRemote,
    RemoteVersion,
    Severity,
    Unavailable,
    Version,
)


@check(
    "version/ccs-incompatible",
    severity=Severity.ERROR,
    applies=BOTH_RELEASED,
    docs=(docs.CCS_SUPPORTED_RELEASES, docs.CERTIFICATE_MODEL),
    tags=("ccs",),
    source="documentation: cross-cluster search, supported configurations (the table, which is stricter than the text around it)",
    explains=("version/ccr-local-older",),
)
def ccs_incompatible(
    local_version: LocalVersion,
    remote_version: RemoteVersion,
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
) -> Yields:
    """Cross-cluster search from this local release to this remote release is not supported.

    Why it matters: a local cluster may search its own minor, the one before, newer ones of the same major, and a few named pairs
    across majors. Outside of these a search fails, or answers with less than was asked for, also where the connection opens.

    How to fix: upgrade the cluster that is named. In an upgrade of both, upgrade the local cluster first, and by one minor only.

    Example: a local cluster at 8.15 and a remote cluster at 8.10.
    """
    for here, there, others_here, others_there in pairs(local_version, local_nodes, remote_version, remote_nodes):
        supported = versions.may_search(here, there)
        if supported is None:
            yield Unknown(f"the table of supported pairs does not list {here} with {there}")
        elif not supported:
            row = versions.searchable(here)
            expected = ", ".join(map(str, row)) or "the same minor"
            yield Finding(
                summary=f"The local cluster runs {here}{others_here} and may search {expected}; the remote cluster runs {there}{others_there}, "
                "which is not supported.",
                remedy=_make_searchable(here, there),
                facts={
                    "local_version": str(here),
                    "remote_version": str(there),
                    "supported_remotes": tuple(map(str, row)),
                },
            )
            return  # One pair says it; the others of a cluster in the middle of an upgrade would say it again.


def _make_searchable(local: Version, remote: Version) -> str:
    for minors in versions.searchable(local):
        if minors.first > remote:
            return f"Upgrade the remote cluster to {minors.first.major}.{minors.first.minor} or later."
    for row in versions.SEARCH:
        if row.local.first > local and any(remote in minors for minors in row.remotes):
            return f"Upgrade the local cluster to {row.local.first.major}.{row.local.first.minor} or later."
    return "Upgrade the older cluster, until both run the same minor release."

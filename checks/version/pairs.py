"""Which local release goes with which remote release."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs, versions
from checks.version.released import RELEASED, extremes, span
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Finding,
    LocalNodes,
    LocalVersion,
    Remote,
    RemoteNodes,
    RemoteVersion,
    Replication,
    Severity,
    Unavailable,
    Version,
)

_BOTH_RELEASED = Applies(local_kinds=RELEASED, remote_kinds=RELEASED)
_Ours = LocalNodes | Unavailable
_Theirs = RemoteNodes | Unavailable


def _pairs(
    local: LocalVersion, ours: _Ours, remote: RemoteVersion, theirs: _Theirs
) -> Iterator[tuple[Version, Version, str, str]]:
    """Give each pair of a local and a remote release, the lowest ones first, each with the words about the others beside it."""
    here, there = extremes(local, ours), extremes(remote, theirs)
    for one, other in product(here, there):
        yield one, other, span(here), span(there)


@check(
    "version/ccs-incompatible",
    severity=Severity.ERROR,
    applies=_BOTH_RELEASED,
    docs=(docs.CCS_VER, docs.CERT),
    tags=("ccs",),
    source="documentation: cross-cluster search, supported configurations (the table, which is stricter than the text around it)",
    explains=("version/ccr-local-older",),
)
def ccs_incompatible(
    local: LocalVersion, remote: RemoteVersion, ours: LocalNodes | Unavailable, theirs: RemoteNodes | Unavailable
) -> Yields:
    """Cross-cluster search from this local release to this remote release is not supported.

    Why it matters: a local cluster may search its own minor, the one before, newer ones of the same major, and a few named pairs
    across majors. Outside of these a search fails, or answers with less than was asked for, also where the connection opens.

    How to fix: upgrade the cluster that is named. In an upgrade of both, upgrade the local cluster first, and by one minor only.

    Example: a local cluster at 8.15 and a remote cluster at 8.10.
    """
    for here, there, beside, beside_there in _pairs(local, ours, remote, theirs):
        supported = versions.may_search(here, there)
        if supported is None:
            yield Unknown(f"the table of supported pairs does not list {here} with {there}")
        elif not supported:
            row = versions.searchable(here)
            expected = ", ".join(map(str, row)) or "the same minor"
            yield Finding(
                summary=f"The local cluster runs {here}{beside} and may search {expected}; the remote cluster runs {there}{beside_there}, "
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


@check(
    "version/ccr-local-older",
    severity=Severity.ERROR,
    applies=_BOTH_RELEASED,
    docs=(docs.CCR_PRE, docs.CCR_UNI),
    tags=("ccr",),
    source="documentation: cross-cluster replication, prerequisites",
)
def ccr_local_older(
    local: LocalVersion,
    remote: RemoteVersion,
    ours: LocalNodes | Unavailable,
    theirs: RemoteNodes | Unavailable,
    about: Remote,
    replication: Replication | Unavailable,
) -> Yields:
    """The local cluster is older than the remote, which does not fit cross-cluster replication.

    Why it matters: a follower index has to be on a cluster of the same or a newer release than its leader, patch level included;
    otherwise it stops at something new in the leader. For searches nothing is wrong.

    Whether a remote is used for replication is not written in its settings: it is an error where the API of the local cluster tells of
    followers, else an info, which leaves the remote ok. Where you replicate and give no url, raise it:
    ``checks: {severity: {version/ccr-local-older: error}}``.

    How to fix: if indices are replicated from this remote, upgrade the local cluster first, to the release of the remote or later.

    Example: a local cluster at 8.15.2 that follows indices of a remote cluster at 8.15.3.
    """
    here, there = extremes(local, ours), extremes(remote, theirs)
    lowest, highest = here[0], there[-1]
    if lowest < highest:
        used = isinstance(replication, Replication) and about.alias in replication.aliases
        matters = (
            "indices are replicated from it, which needs the same release or a newer one."
            if used
            else "this matters only if indices are replicated from this remote, searches do not mind."
        )
        upgrade = f"pgrade the local cluster to {highest} or later."
        yield Finding(
            summary=f"The local cluster runs {lowest}{span(here)}, older than the remote cluster with {highest}{span(there)}; {matters}",
            remedy=f"U{upgrade}" if used else f"If indices are replicated from this remote: u{upgrade}",
            severity=Severity.ERROR if used else Severity.INFO,
            facts={"observed": str(lowest), "expected": str(highest)},
        )


@check(
    "version/wire-incompatible",
    severity=Severity.CRITICAL,
    applies=_BOTH_RELEASED,
    docs=(docs.CERT, docs.UPG),
    tags=("wire",),
    source="Elasticsearch: minimum compatible versions; elasticsearch#83429, elasticsearch#94748, elasticsearch#123254",
    explains=(
        "version/ccs-incompatible",
        "version/ccr-local-older",
        "version/apikey-min",
        "version/apikey-beta",
        "version/proxy-mode-unsupported",
        "network/not-elasticsearch",
        *NO_CONNECTION,
    ),
    leaves_open=NOTHING_AFTER_TLS,
)
def wire_incompatible(
    local: LocalVersion, remote: RemoteVersion, ours: LocalNodes | Unavailable, theirs: RemoteNodes | Unavailable
) -> Yields:
    """The two releases do not accept each other's connections.

    Why it matters: a node talks to its own major, and to the last minor of the one before: 7.17 with 8, 8.18 with 9.0, 8.19 with 9.
    Any other pair breaks off right after the TLS handshake, in both directions.

    How to fix: upgrade the older cluster, in steps through the last minor of each major.

    Example: a local cluster at 7.16 and a remote cluster at 8.15.
    """
    for here, there, beside, beside_there in _pairs(local, ours, remote, theirs):
        accepted = versions.may_connect(here, there)
        if accepted is None:
            yield Unknown(f"which releases {here} and {there} accept is not known")
        elif not accepted:
            older, newer, side = (here, there, "local") if here < there else (there, here, "remote")
            oldest = versions.oldest_peer(newer)
            yield Finding(
                summary=(
                    f"The local cluster runs {here}{beside} and the remote cluster {there}{beside_there}: they can't connect, "
                    f"{newer} expects {oldest} or later."
                ),
                remedy=f"Upgrade the {side} cluster from {older} to {oldest} or later, through the last minor of each major.",
                facts={
                    "local_version": str(here),
                    "remote_version": str(there),
                    "older_side": side,
                    "expected": str(oldest),
                },
            )
            return


CHECKS = (ccs_incompatible, ccr_local_older, wire_incompatible)

"""The check ccr/upgrade-order."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import pause, resume
from checks.shared.applies import BOTH_RELEASED
from checks.shared.direction import leads_here
from checks.shared.fixes import call, on_local, on_remote
from checks.shared.release_range import and_others, extremes, unknown_release
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    FollowedRemotes,
    LocalCluster,
    LocalVersion,
    Nodes,
    OfLocal,
    OfRemote,
    Registrations,
    Remote,
    RemoteVersion,
    Replication,
    Severity,
    Unavailable,
    Version,
    as_fact,
    listed,
)

_PAUSE: Final = (pause("<follower>"), call("POST", "_ccr/auto_follow/<name>/pause"))
_RESUME: Final = (resume("<follower>"), call("POST", "_ccr/auto_follow/<name>/resume"))
_BEFORE: Final = "before the upgrade"
_AFTER: Final = "after the upgrade of both"


@check(
    "ccr/upgrade-order",
    severity=Severity.WARNING,
    applies=BOTH_RELEASED,
    docs=(docs.CCR_UPGRADE, docs.CCR_UPGRADE_BOTH_WAYS),
    tags=("replication", "version"),
    source="documentation: upgrading clusters using cross-cluster replication, bi-directional",
)
def upgrade_order(  # noqa: PLR0913, PLR0917 -- each is one piece of evidence.
    remote: Remote,
    replication: Replication,
    follows: FollowedRemotes | Unavailable,
    registrations: OfRemote[Registrations] | Unavailable,
    cluster: LocalCluster,
    local_version: LocalVersion | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_version: RemoteVersion | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
) -> Yields:
    """The two clusters follow each other, and run different releases.

    Why it matters: a follower has to be on a cluster of the same or a newer release than its leader, which then does not hold for one of the two
    directions. An index that auto-follow takes up meanwhile on the older side fails.

    How to fix: pause following and auto-follow on both sides, upgrade both to the same release, then resume. Where only one follows the other,
    the follower goes first: version/ccr-local-older. That they follow each other is concluded from addresses; where networks with the same
    private addresses are used on both sides, look at the remotes of the remote cluster first.

    Example: one of two clusters that follow each other was upgraded to 8.16, the other is at 8.15.
    """
    if remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")
    elif isinstance(follows, Unavailable):
        yield missing(follows)
    elif not follows.aliases:
        yield NotApplicable(
            "the remote cluster follows nothing: one direction only, version/ccr-local-older is about that"
        )
    elif isinstance(local_version, Unavailable) or isinstance(remote_version, Unavailable):
        yield from _without_release(local_version, remote_version)
    else:
        here, there = extremes(local_version, local_nodes), extremes(remote_version, remote_nodes)
        if len({*here, *there}) == 1:
            return
        if not remote_version.exact and remote_version.release.may_be(local_version.number) is not False:
            yield Unknown(unknown_release(remote_version, "whether both run the same release"))
            return
        back = _leading_back(follows, registrations, cluster, local_nodes, remote_nodes)
        if back is None:
            yield Unknown("the remote cluster follows something, and it is not known whether that is the local cluster")
        elif not back:
            yield NotApplicable(
                "what the remote cluster follows does not lead here: version/ccr-local-older is about one direction"
            )
        else:
            yield _differ(back, here, there)


def _without_release(*sides: LocalVersion | RemoteVersion | Unavailable) -> Yields:
    for side in sides:
        if isinstance(side, Unavailable):
            yield missing(side)


def _leading_back(
    follows: FollowedRemotes,
    registrations: Registrations | Unavailable,
    cluster: LocalCluster,
    local_nodes: Nodes | Unavailable,
    remote_nodes: Nodes | Unavailable,
) -> tuple[str, ...] | None:
    """The aliases by which the remote cluster follows the local one; None where some of what it follows can't be placed."""
    if isinstance(registrations, Unavailable):
        return None
    own = frozenset[str]() if isinstance(remote_nodes, Unavailable) else _published(remote_nodes)
    used = (one for one in registrations.all if one.alias in follows.aliases)
    found = {
        # What nodes of both clusters publish is an address of two networks of the same range, and leads to either.
        one.alias: leads_here(one, registrations, cluster, local_nodes)
        if own.isdisjoint(registrations.places(one))
        else None
        for one in used
    }
    back = tuple(alias for alias, leads in found.items() if leads)
    return None if not back and None in found.values() else back


def _published(remote_nodes: Nodes) -> frozenset[str]:
    """What nodes publish, as ``host:port``, without the name that may stand before it and the brackets of IPv6."""
    texts = (address for node in remote_nodes.all for address in (node.transport_address, node.server_address))
    return frozenset(text.rpartition("/")[2].replace("[", "").replace("]", "") for text in texts) - {""}


def _differ(back: tuple[str, ...], here: tuple[Version, ...], there: tuple[Version, ...]) -> Finding:
    # Private addresses are used in many networks, so that this is what it looks like and no more.
    return Finding(
        summary=f"The clusters seem to follow each other, because what the remote cluster follows as {listed(back)} has an address of this one; "
        f"the local one runs {here[0]}{and_others(here)} and the remote one {there[0]}{and_others(there)}, expected the same release.",
        remedy="If they do, pause following and auto-follow on both clusters, upgrade both to the same release, and resume within 12 hours of the "
        "pause.",
        fix=(
            *on_local(*_PAUSE, when=_BEFORE),
            *on_remote(*_PAUSE, when=_BEFORE),
            *on_local(*_RESUME, when=_AFTER),
            *on_remote(*_RESUME, when=_AFTER),
        ),
        facts={"observed": (str(here[0]), str(there[0])), "expected": "the same release", "back": as_fact(back)},
    )

"""The check runtime/cluster-name-changed."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import on_local, put_settings, register, unset
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check, missing
from diag.model import (
    Endpoints,
    Finding,
    History,
    Identity,
    LocalView,
    OfRemote,
    Remote,
    RemoteInfo,
    ResolvedCluster,
    Severity,
    Unavailable,
    changed_name,
    clusters_behind,
    shorten,
)


@check(
    "runtime/cluster-name-changed",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT, docs.CCR_RECREATE),
    tags=("history",),
    source="RemoteClusterConnection: the name of the remote cluster is compared with that of the first connection",
    explains=NO_CONNECTION,
)
def cluster_name_changed(
    remote: Remote,
    identity: OfRemote[Identity] | Unavailable,
    past: History | Unavailable,
    local_view: LocalView,
    endpoints: Endpoints | Unavailable,
) -> Yields:
    """Another cluster answers at the address of the remote than before, or the same one under another name.

    Why it matters: a node remembers the name of the cluster that it first connected to, and refuses any other until the remote is
    registered anew or the node restarts. Where it is another cluster, searches give other data, and followers of the old one can't go on.

    How to fix: if that is what you want, register the remote again (and recreate its followers, where the cluster is another one);
    else correct the address.

    Example: after a restore into a new cluster the DNS name was moved to it; or ``cluster.name`` was changed.
    """
    refused = _refused_name(local_view)
    now = _name_now(identity, endpoints)
    observations = () if isinstance(past, Unavailable) else past.looks
    before = next((observation.uuid for observation in reversed(observations) if observation.uuid), "")
    known = next(
        (observation.name for observation in reversed(observations) if observation.name and observation.connected), ""
    )
    info = local_view[RemoteInfo]
    down = isinstance(info, RemoteInfo) and not info.connected
    if isinstance(identity, Identity) and before and before != identity.uuid:
        yield _another_cluster(remote, identity, before)
    elif refused:
        yield _renamed(remote, *refused)
    elif down and known and now and now != known:
        yield _renamed(remote, now, known)
    elif isinstance(identity, Unavailable) and not (known and now):
        yield missing(identity)
    elif not (before or known):
        yield NotApplicable("no earlier round knew which cluster it was")


def _name_now(identity: Identity | Unavailable, endpoints: Endpoints | Unavailable) -> str:
    """The name of the cluster as a node behind the address says, else as its API does."""
    reported = () if isinstance(endpoints, Unavailable) else clusters_behind(endpoints.probes)
    if len(reported) == 1:
        return next(iter(reported))
    return identity.name if isinstance(identity, Identity) else ""


def _refused_name(local_view: LocalView) -> tuple[str, str] | None:
    """The name that was found and the one that was expected, by the error of the local cluster."""
    resolved = local_view[ResolvedCluster]
    return None if isinstance(resolved, Unavailable) else changed_name(resolved.error)


def _another_cluster(remote: Remote, identity: Identity, before: str) -> Finding:
    return Finding(
        summary=f"The cluster behind the remote is {shorten(identity.name, 80)} with the UUID {shorten(identity.uuid, 40)}; "
        f"before it was {shorten(before, 40)}.",
        remedy="If it was rebuilt on purpose, remove and add the remote again and recreate its followers; else correct the address.",
        fix=on_local(unset(remote), register(remote), when="if it was rebuilt on purpose"),
        facts={"observed": shorten(identity.uuid, 40), "expected": shorten(before, 40)},
    )


def _renamed(remote: Remote, now: str, before: str) -> Finding:
    address = remote.dialled[0].setting.partition("[")[0] if remote.dialled else "seeds"
    key = remote.setting(address)
    value = remote.settings.get(address, "<its address>")
    again: str | list[str] = list(value) if isinstance(value, tuple) else str(value)
    return Finding(
        summary=f"The cluster behind the remote is called {shorten(now, 80)}, and the local cluster remembers {shorten(before, 80)} from its "
        "first connection: it refuses every other name.",
        remedy="If it was renamed on purpose, remove the address and set it again, or restart the nodes of the local cluster: then they learn the "
        "new name. Else correct the address.",
        fix=on_local(put_settings({key: None}), put_settings({key: again}), when="if it was renamed on purpose"),
        facts={"observed": shorten(now, 200), "expected": shorten(before, 200)},
    )

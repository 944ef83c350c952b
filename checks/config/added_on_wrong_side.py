"""The check config/added-on-wrong-side."""

from __future__ import annotations

from collections.abc import Sequence

from checks.shared.causes import NO_CONNECTION
from checks.shared.direction import leading_here
from checks.shared.fixes import on_local, on_remote, put_settings, register
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    MAX_FACTS,
    Finding,
    FollowedRemotes,
    LocalCluster,
    Nodes,
    OfLocal,
    OfRemote,
    Registration,
    Registrations,
    Remote,
    Severity,
    Unavailable,
    as_fact,
    listed,
    mask_userinfo,
    shorten,
)


@check(
    "config/added-on-wrong-side",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTERS, docs.HOSTED_TO_SELF_MANAGED, docs.API_PUT_SETTINGS),
    tags=("settings", "reported"),
    source="documentation: remote clusters, connections go one way; CCR, bi-directional replication needs both",
    explains=("config/not-added", "ccr/remote-removed", *NO_CONNECTION),
)
def added_on_wrong_side(
    cluster: LocalCluster,
    remote: Remote,
    registration: Registration,
    remote_side: OfRemote[Registrations] | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    follows: FollowedRemotes | Unavailable,
) -> Yields:
    """The remote is not registered on the local cluster; the remote cluster has the local one as its remote instead.

    Why it matters: a connection goes one way, from the cluster that searches or follows to the one that has the data. Registered at the
    other end it lets the remote search the local cluster, and the local cluster nothing.

    How to fix: register the remote on the local cluster, and take the registration on the remote cluster away. Only where both search or
    follow each other, both need one.

    Example: ``_remote/info`` of the cluster with the logs lists the cluster that is to search them.
    """
    if registration.exists:
        return
    if isinstance(remote_side, Unavailable):
        yield missing(remote_side)
        return
    leading = leading_here(remote_side, cluster, local_nodes, follows)
    wrong = [one for one, here in leading.items() if here]
    open_ = [one for one, here in leading.items() if here is None]
    if wrong:
        yield _wrong(remote, wrong)
    elif open_:
        yield Unknown(
            f"the remote cluster has remotes of its own, and whether they lead here is not known: {_named(open_)}"
        )
    elif leading:
        yield NotApplicable(
            "of the remotes of the remote cluster none leads here that it does not use itself; config/not-added is about the local one"
        )
    else:
        yield NotApplicable("the remote cluster has no remotes of its own; config/not-added is about the local one")


def _wrong(remote: Remote, wrong: Sequence[Registration]) -> Finding:
    keys = [f"cluster.remote.{one.alias}.{key}" for one in wrong for key in one.persistent][:MAX_FACTS]
    passing = [f"cluster.remote.{one.alias}.{key}" for one in wrong for key in one.transient][:MAX_FACTS]
    unless = "unless it searches this one"
    nulls = ", and set its transient keys to null" if passing else ""
    files = " and out of elasticsearch.yml of its nodes" if any(one.file for one in wrong) else ""
    there = put_settings(dict.fromkeys(keys), transient=dict.fromkeys(passing))
    return Finding(
        summary=f"The local cluster has no remote {shorten(remote.alias, 80)}, and the remote cluster has one that leads here: "
        f"{_named(wrong)}. Connections go one way: expected on the cluster that searches or follows.",
        remedy=f"Register it on the local cluster. On the remote cluster take its remote away{files}{nulls}, {unless}.",
        fix=(*on_local(register(remote)), *(on_remote(there, when=unless) if there.body else ())),
        facts={
            "observed": as_fact([one.alias for one in wrong]),
            "expected": "registered on the local cluster",
        },
    )


def _named(found: Sequence[Registration]) -> str:
    return listed([f"{shorten(one.alias, 40)} ({_addresses(one)})" for one in found])


def _addresses(one: Registration) -> str:
    first, *more = one.addresses
    return shorten(mask_userinfo(first), 50) + (f" and {len(more)} more" if more else "")

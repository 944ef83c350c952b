"""The check auth/cert-role-privileges."""

from __future__ import annotations

import json
from typing import Final

from checks.auth._certificate_roles import SEARCHES, crosses, for_replication, has_privilege, needed, own
from checks.auth._grants import BY_ACTION, SUPERUSER, changeable, uncovered
from checks.auth._role_calls import add_to_role
from checks.shared.applies import CERTIFICATE_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Grant,
    OfLocal,
    OfRemote,
    Remote,
    Role,
    Roles,
    Severity,
    Unavailable,
    as_fact,
    listed,
)

_READS: Final = frozenset({"read", "all"})
# What replication asks of a role of the remote cluster (documentation: configure privileges for cross-cluster replication).
_CCR: Final = frozenset({"read_ccr", "manage_ccr", "all"})
_MONITORS: Final = frozenset({"monitor", "manage", "all"})
_ACTION: Final = ":"  # A privilege may be written as a pattern of actions too, which is not judged here.


@check(
    "auth/cert-role-privileges",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=CERTIFICATE_REMOTES,
    docs=(docs.CCS_PRIVILEGES_CERTIFICATE, docs.PRIVILEGES, docs.CCR_PRIVILEGES),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; configure privileges for cross-cluster replication",
    explains=("runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_privileges(remote: Remote, local: OfLocal[Roles] | Unavailable, there: OfRemote[Roles]) -> Yields:
    """A role exists on the remote cluster, and does not let its users do there what they are to do.

    Why it matters: on the remote cluster a search from elsewhere needs ``read`` and ``read_cross_cluster`` on the indices; ``read`` alone
    ends with 403. Replication needs the cluster privilege ``read_ccr``, and ``monitor`` and ``read`` on the leaders.

    With ``use.roles`` declared those roles are judged together, for a user holds several, and a lack is an error: for what ``use.search``
    names, or, where only ``use.replicate`` is declared, for that. Without, it is a warning where no role of both clusters may be searched through.

    How to fix: add what is missing to the role on the remote cluster.

    Example: the role was copied from the local cluster, where ``read`` is enough.
    """
    if remote.use.roles:
        yield from _declared(remote, there)
        return
    if isinstance(local, Unavailable):
        yield Unknown(str(local), piece=local)
        return
    remote_side = own(there)
    shared = sorted(set(own(local)) & set(remote_side))
    reading = [name for name in shared if has_privilege(remote_side[name], _READS)]
    lacking = [name for name in reading if not crosses(remote_side[name])]
    if not reading:
        yield NotApplicable("no role of both clusters reads indices on the remote one")
    elif lacking == reading:
        how = add_to_role(remote_side[reading[0]], needed(remote), there=True)
        yield Finding(
            summary=f"The roles {listed(reading)} of the remote cluster read indices, and none has read_cross_cluster.",
            remedy=f"On the remote cluster, the roles whose users search there need read_cross_cluster as well as read. {how.sentence}",
            fix=how.fix,
            facts={"observed": as_fact(reading), "expected": "read and read_cross_cluster"},
        )
    elif lacking:
        yield NotApplicable(
            f"{listed(lacking)} has no read_cross_cluster on the remote cluster, and whose users search this remote is not declared: use.roles"
        )


def _declared(remote: Remote, there: Roles) -> Yields:
    known = {role.name: role for role in there.all}
    found = tuple(known[name] for name in dict.fromkeys(remote.use.roles) if name in known)
    if not found:
        yield NotApplicable(
            "none of the declared roles is on the remote cluster; auth/cert-role-missing-on-remote is about that"
        )
        return
    if any(role.name == SUPERUSER for role in found):
        return
    lacks, unsure = (_lacks_to_follow if for_replication(remote) else _lacks_to_search)(remote, found)
    if unsure:
        yield Unknown(unsure)
    elif lacks:
        names = listed([role.name for role in found])
        how = add_to_role(changeable(found), needed(remote), there=True)
        yield Finding(
            summary=f"On the remote cluster {names} {'lacks' if len(found) == 1 else 'lack'} {lacks}: their users get 403.",
            remedy=f"On the remote cluster: {how.sentence}",
            fix=how.fix,
            severity=Severity.ERROR,
            facts={
                "roles": as_fact([role.name for role in found]),
                "observed": f"no {lacks}",
                "expected": json.dumps(needed(remote)),
            },
        )


def _lacks_to_search(remote: Remote, roles: tuple[Role, ...]) -> tuple[str, str]:
    reads, crossing = (_grants(roles, wanted) for wanted in (_READS, SEARCHES))
    if not (reads and crossing):
        lacks = " and ".join(name for name, has in (("read", reads), ("read_cross_cluster", crossing)) if not has)
        return (lacks, "") if not _by_action(roles) else ("", BY_ACTION)
    for name, grants in (("read", reads), ("read_cross_cluster", crossing)):
        left, unsure = uncovered(grants, remote.use.search)
        if left or unsure:
            return (f"{name} on {listed(left)}", unsure)
    return "", ""


def _lacks_to_follow(remote: Remote, roles: tuple[Role, ...]) -> tuple[str, str]:
    lacks = [] if any(_CCR & set(role.cluster) for role in roles) else ["the cluster privilege read_ccr"]
    for name, wanted in (("monitor", _MONITORS), ("read", _READS)):
        grants = _grants(roles, wanted)
        left, unsure = uncovered(grants, remote.use.replicate) if grants else (["the leaders"], "")
        if unsure or (left and _by_action(roles)):
            return "", unsure or BY_ACTION
        lacks += [f"{name} on {listed(left)}"] if left else []
    return " and ".join(lacks), ""


def _grants(roles: tuple[Role, ...], wanted: frozenset[str]) -> tuple[Grant, ...]:
    return tuple(
        grant for role in roles for grant in role.indices if wanted & {name.lower() for name in grant.privileges}
    )


def _by_action(roles: tuple[Role, ...]) -> bool:
    return any(_ACTION in name for role in roles for grant in role.indices for name in grant.privileges)

"""Roles in the certificate model: those of the user's local roles that exist on the remote cluster under the same name count there."""

from __future__ import annotations

from typing import Final

from checks.auth.grants import BY_ACTION, SUPERUSER, uncovered
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Grant,
    LocalRoles,
    Remote,
    RemoteRoles,
    Role,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

# What lets a role of the remote cluster be searched through (documentation: privileges for cross-cluster search, certificates).
_SEARCHES: Final = frozenset({"read_cross_cluster", "all"})
_READS: Final = frozenset({"read", "all"})
# What replication asks of a role of the remote cluster (documentation: configure privileges for cross-cluster replication).
_CCR: Final = frozenset({"read_ccr", "manage_ccr", "all"})
_MONITORS: Final = frozenset({"monitor", "manage", "all"})
_ACTION: Final = ":"  # A privilege may be written as a pattern of actions too, which is not judged here.
_NOT_SHOWN: Final = (
    "If it stands in roles.yml there, which GET _security/role does not show, look there and acknowledge this."
)


def _own(roles: LocalRoles | RemoteRoles) -> dict[str, Role]:
    """The roles that somebody made."""
    return {role.name: role for role in roles.all if not role.reserved}


def crosses(role: Role) -> bool:
    """Tell whether a role may be searched through from another cluster."""
    return _has(role, _SEARCHES)


def _has(role: Role, wanted: frozenset[str]) -> bool:
    return any(wanted & {name.lower() for name in grant.privileges} for grant in role.indices)


def _for_replication(remote: Remote) -> bool:
    """Whether the declared roles are of those who replicate: nothing is declared to be searched."""
    return bool(remote.use.replicate) and not remote.use.search


def _needed(remote: Remote) -> str:
    if _for_replication(remote):
        return '{"cluster": ["read_ccr"], "indices": [{"names": ["…"], "privileges": ["monitor", "read"]}]}'
    return '{"indices": [{"names": ["…"], "privileges": ["read", "read_cross_cluster"]}]}'


@check(
    "auth/cert-role-missing-on-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.CCS_PRIV_CERT, docs.CERT),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; elasticsearch#58476",
    explains=("auth/cert-role-privileges", "runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_missing_on_remote(remote: Remote, local: LocalRoles | Unavailable, there: RemoteRoles) -> Yields:
    """A role whose users search the remote does not exist there under the same name.

    Why it matters: in the certificate model the names of the user's local roles go along, and the remote cluster looks them up among its
    own. Where none is there under the same name, only users with built-in roles get an answer; others get 403.

    With ``use.roles`` declared each of those has to be there, else that is an error; without, it is a warning where no local role at all is.

    How to fix: create roles of the same names on the remote cluster, with ``read`` and ``read_cross_cluster`` on the indices.

    Example: the role ``analyst`` exists on the searching cluster only.
    """
    if remote.use.roles:
        known = {role.name for role in there.all}
        for name in dict.fromkeys(remote.use.roles):
            if name not in known:
                yield _missing(remote, name)
        return
    if isinstance(local, Unavailable):
        yield Unknown(str(local))
        return
    ours, theirs = _own(local), _own(there)
    if not ours:
        yield NotApplicable("the local cluster has no roles but the built-in ones")
    elif not set(ours) & set(theirs):
        names = sorted(ours)
        yield Finding(
            summary=f"None of {len(ours)} local roles ({listed(names)}) exists on the remote cluster under the same name.",
            remedy=f"On the remote cluster: PUT _security/role/{shorten(names[0], 60)} with {_needed(remote)}, for each role whose users search there.",
            facts={"observed": 0, "expected": "at least 1", "local_roles": as_fact(names)},
        )
    elif set(ours) - set(theirs):
        # That some role is on both sides says nothing of the role of those who search.
        yield NotApplicable(
            f"{listed(sorted(set(ours) - set(theirs)))} is not on the remote cluster, and whose users search this remote is not declared: use.roles"
        )


def _missing(remote: Remote, name: str) -> Finding:
    users = "replicate from" if _for_replication(remote) else "search"
    return Finding(
        summary=f"The role {shorten(name, 80)}, whose users {users} this remote, does not exist on the remote cluster: they get 403.",
        remedy=f"On the remote cluster: PUT _security/role/{shorten(name, 80)} {_needed(remote)}. {_NOT_SHOWN}",
        severity=Severity.ERROR,
        facts={"role": name, "observed": "no such role", "expected": "a role of the same name"},
    )


@check(
    "auth/cert-role-privileges",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.CCS_PRIV_CERT, docs.ES_PRIV, docs.CCR_PRIV),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; configure privileges for cross-cluster replication",
    explains=("runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_privileges(remote: Remote, local: LocalRoles | Unavailable, there: RemoteRoles) -> Yields:
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
        yield Unknown(str(local))
        return
    theirs = _own(there)
    shared = sorted(set(_own(local)) & set(theirs))
    reading = [name for name in shared if _has(theirs[name], _READS)]
    lacking = [name for name in reading if not crosses(theirs[name])]
    if not reading:
        yield NotApplicable("no role of both clusters reads indices on the remote one")
    elif lacking == reading:
        yield Finding(
            summary=f"The roles {listed(reading)} of the remote cluster read indices, and none has read_cross_cluster.",
            remedy=f"On the remote cluster add read_cross_cluster beside read: PUT _security/role/{shorten(reading[0], 60)}",
            facts={"observed": as_fact(reading), "expected": "read and read_cross_cluster"},
        )
    elif lacking:
        yield NotApplicable(
            f"{listed(lacking)} has no read_cross_cluster on the remote cluster, and whose users search this remote is not declared: use.roles"
        )


def _declared(remote: Remote, there: RemoteRoles) -> Yields:
    known = {role.name: role for role in there.all}
    found = tuple(known[name] for name in dict.fromkeys(remote.use.roles) if name in known)
    if not found:
        yield NotApplicable(
            "none of the declared roles is on the remote cluster; auth/cert-role-missing-on-remote is about that"
        )
        return
    if any(role.name == SUPERUSER for role in found):
        return
    lacks, unsure = (_lacks_to_follow if _for_replication(remote) else _lacks_to_search)(remote, found)
    if unsure:
        yield Unknown(unsure)
    elif lacks:
        names = listed([role.name for role in found])
        yield Finding(
            summary=f"On the remote cluster {names} {'lacks' if len(found) == 1 else 'lack'} {lacks}: their users get 403.",
            remedy=f"On the remote cluster: PUT _security/role/{shorten(found[0].name, 80)} with the whole role and in it {_needed(remote)}.",
            severity=Severity.ERROR,
            facts={
                "roles": as_fact([role.name for role in found]),
                "observed": f"no {lacks}",
                "expected": _needed(remote),
            },
        )


def _lacks_to_search(remote: Remote, roles: tuple[Role, ...]) -> tuple[str, str]:
    reads, crossing = (_grants(roles, wanted) for wanted in (_READS, _SEARCHES))
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


CHECKS = (cert_role_missing_on_remote, cert_role_privileges)

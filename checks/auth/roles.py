"""Roles on both sides: in the certificate model a role of the same name counts on the remote, in the API key model none does."""

from __future__ import annotations

from typing import Final

from checks.auth.grants import OPEN, SUPERUSER, add_to_role, changeable, named, on_remote, own, reads
from checks.auth.records import CROSS_CLUSTER
from checks.remedies import name_some, shorten
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    LocalRoles,
    Remote,
    RemoteKey,
    RemoteRoles,
    Role,
    SecurityModel,
    Severity,
    Unavailable,
)

# What lets a role of the remote cluster be searched through (documentation: privileges for cross-cluster search, certificates).
_SEARCHES: Final = frozenset({"read_cross_cluster", "all"})
_READS: Final = frozenset({"read", "all"})


def _own(roles: LocalRoles | RemoteRoles) -> dict[str, Role]:
    """The roles that somebody made."""
    return {role.name: role for role in roles.all if not role.reserved}


def _crosses(role: Role) -> bool:
    return any(_SEARCHES & set(grant.privileges) for grant in role.indices)


@check(
    "auth/local-remote-indices-missing",
    severity=Severity.ERROR,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.TRB_NOREM, docs.ROLESTR, docs.CCS_PRIV_KEY),
    tags=("privileges", "roles"),
    source="documentation: role structure, remote_indices; troubleshoot remote clusters; privileges tried on 8.19.0, where "
    "read_cross_cluster without read searches nothing",
    explains=("runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def local_remote_indices_missing(remote: Remote, roles: LocalRoles, theirs: RemoteKey | Unavailable) -> Yields:
    """Local roles give no access to this remote.

    Why it matters: in the API key model a user needs ``remote_indices`` for the alias in a local role; only superusers get through without.
    Roles on the remote cluster count for nothing.

    With ``use.roles`` declared those roles are judged together, for a user holds several; without, this is an info where no role names the
    alias at all.

    How to fix: add ``remote_indices`` with the alias to the role of the users who search there.

    Example: after the change from certificates to API keys every search by ordinary users ends with 403.
    """
    if remote.use.roles:
        yield from _declared_roles(remote, roles)
        return
    if _for_no_search(theirs):
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
        return
    made = own(roles)
    entries, open_ones = on_remote((grant for role in made for grant in role.remote_indices), remote.alias)
    if entries:
        return
    if open_ones:
        yield Unknown(OPEN)
        return
    yield Finding(
        summary=f"No role that GET _security/role shows has remote_indices for {shorten(remote.alias, 80)} ({len(made)} that are not built in): "
        "superusers apart, only a role in roles.yml could let somebody search it.",
        remedy=f"Add to the role: {_entry(remote)}",
        severity=Severity.INFO,
        facts={"observed": 0, "expected": "at least 1", "roles": len(made)},
    )


def _declared_roles(remote: Remote, roles: LocalRoles) -> Yields:
    found, missing = named(roles, remote.use.roles)
    for name in missing:
        yield Finding(
            summary=f"The role {shorten(name, 80)}, whose users search this remote, is not among those that GET _security/role shows.",
            remedy=f"{add_to_role(name, _entry(remote))} If it stands in roles.yml, which that call does not show, look there and acknowledge this.",
            facts={"role": name, "observed": "no such role", "expected": "remote_indices for the alias"},
        )
    if not missing:
        yield from _together(remote, found)


def _together(remote: Remote, roles: tuple[Role, ...]) -> Yields:
    """What the declared roles give together. One that does not exist may be what gives it, so that then nothing is said."""
    judged = {role: on_remote(role.remote_indices, remote.alias) for role in roles}
    if any(role.name == SUPERUSER or any(map(reads, entries)) for role, (entries, _) in judged.items()):
        return
    if any(is_open for _, is_open in judged.values()):
        yield Unknown(OPEN)
        return
    reaching = tuple(role for role, (entries, _) in judged.items() if entries)
    yield _no_access(remote, roles, reaching)


def _no_access(remote: Remote, roles: tuple[Role, ...], reaching: tuple[Role, ...]) -> Finding:
    alias = shorten(remote.alias, 80)
    names = name_some([role.name for role in reaching or roles])
    what = (
        f"Of the roles whose users search this remote, {names} {'names' if len(reaching) == 1 else 'name'} {alias} in remote_indices, without read"
        if reaching
        else f"None of the roles whose users search this remote ({names}) has remote_indices for {alias}"
    )
    chosen = changeable(reaching or roles)
    return Finding(
        summary=f"{what}: their searches are refused.",
        remedy=add_to_role(chosen.name, _entry(remote), reserved=chosen.reserved),
        severity=Severity.WARNING if reaching else Severity.ERROR,
        facts={
            "roles": tuple(role.name for role in roles[:20]),
            "observed": "no read" if reaching else "no remote_indices for the alias",
            "expected": "read in remote_indices for the alias",
        },
    )


def _for_no_search(theirs: RemoteKey | Unavailable) -> bool:
    """Whether the key is known to allow no search: roles make no difference then, and replication needs none that searches."""
    record = None if isinstance(theirs, Unavailable) else theirs.record
    return record is not None and record.type == CROSS_CLUSTER and not record.search


def _entry(remote: Remote) -> str:
    return (
        f'"remote_indices": [{{"clusters": ["{shorten(remote.alias, 80)}"], "names": ["…"], '
        '"privileges": ["read", "read_cross_cluster"]}]'
    )


@check(
    "auth/cert-role-missing-on-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.CCS_PRIV_CERT, docs.CERT),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; elasticsearch#58476",
    explains=("auth/cert-role-privileges", "runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_missing_on_remote(local: LocalRoles, remote: RemoteRoles) -> Yields:
    """No role of the remote cluster has the name of a role of the local one.

    Why it matters: in the certificate model the names of the user's local roles go along, and the remote cluster looks them up among its
    own. Where none is there under the same name, only users with built-in roles get an answer; others get 403.

    How to fix: create roles of the same names on the remote cluster, with ``read`` and ``read_cross_cluster`` on the indices.

    Example: the role ``analyst`` exists on the searching cluster only.
    """
    ours, theirs = _own(local), _own(remote)
    if not ours:
        yield NotApplicable("the local cluster has no roles but the built-in ones")
    elif not set(ours) & set(theirs):
        names = sorted(ours)
        yield Finding(
            summary=f"None of {len(ours)} local roles ({name_some(names)}) exists on the remote cluster under the same name.",
            remedy=f"On the remote cluster: PUT _security/role/{shorten(names[0], 60)} with "
            '{"indices": [{"names": ["…"], "privileges": ["read", "read_cross_cluster"]}]}, for each role whose users search there.',
            facts={"observed": 0, "expected": "at least 1", "local_roles": tuple(names[:20])},
        )


@check(
    "auth/cert-role-privileges",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.CCS_PRIV_CERT, docs.ES_PRIV),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model",
    explains=("runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_privileges(local: LocalRoles, remote: RemoteRoles) -> Yields:
    """A role exists on both clusters, and none of them may be searched through.

    Why it matters: on the remote cluster a search from elsewhere needs ``read`` and ``read_cross_cluster`` on the indices; ``read`` alone
    ends with 403.

    How to fix: add ``read_cross_cluster`` to the role on the remote cluster.

    Example: the role was copied from the local cluster, where ``read`` is enough.
    """
    theirs = _own(remote)
    shared = sorted(set(_own(local)) & set(theirs))
    reading = [name for name in shared if any(_READS & set(grant.privileges) for grant in theirs[name].indices)]
    if not reading:
        yield NotApplicable("no role of both clusters reads indices on the remote one")
    elif not any(_crosses(theirs[name]) for name in reading):
        yield Finding(
            summary=f"The roles {name_some(reading)} of the remote cluster read indices, and none has read_cross_cluster.",
            remedy=f"On the remote cluster add read_cross_cluster beside read: PUT _security/role/{shorten(reading[0], 60)}",
            facts={"observed": tuple(reading[:20]), "expected": "read and read_cross_cluster"},
        )


@check(
    "auth/remote-role-useless",
    severity=Severity.INFO,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.APIKEY_PRIV,),
    tags=("privileges", "roles"),
    source="documentation: add remote clusters using API key authentication, roles and users",
)
def remote_role_useless(local: LocalRoles, remote: RemoteRoles) -> Yields:
    """Roles for searches from elsewhere exist on the remote cluster, and the API key model does not look at them.

    Why it matters: access is what the key allows, narrowed by the user's local role. Whoever changes the role on the remote cluster
    wonders why nothing happens.

    How to fix: nothing has to be done. Once no remote of the certificate model needs them, they can go.

    Example: roles that are left from the time before API keys.
    """
    theirs = _own(remote)
    left = sorted(name for name in set(_own(local)) & set(theirs) if _crosses(theirs[name]))
    if left:
        yield Finding(
            summary=f"Roles of the remote cluster that the API key model does not look at: {name_some(left)}.",
            remedy="Change access with the key (PUT _security/cross_cluster/api_key/<id>) and with local roles; "
            "remove these roles if no remote of the certificate model needs them.",
            facts={"observed": tuple(left[:20])},
        )


CHECKS = (local_remote_indices_missing, cert_role_missing_on_remote, cert_role_privileges, remote_role_useless)

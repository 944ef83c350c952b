"""Roles on both sides: in the certificate model a role of the same name counts on the remote, in the API key model none does."""

from __future__ import annotations

from typing import Final

from checks.remedies import shorten
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, LocalRoles, RemoteRoles, Role, SecurityModel, Severity

_MOST_SHOWN: Final = 5
# What lets a role of the remote cluster be searched through (documentation: privileges for cross-cluster search, certificates).
_SEARCHES: Final = frozenset({"read_cross_cluster", "all"})
_READS: Final = frozenset({"read", "all"})


def _own(roles: LocalRoles | RemoteRoles) -> dict[str, Role]:
    """The roles that somebody made."""
    return {role.name: role for role in roles.all if not role.reserved}


def _crosses(role: Role) -> bool:
    return any(_SEARCHES & set(grant.privileges) for grant in role.indices)


def _names(names: list[str]) -> str:
    shown = ", ".join(shorten(name, 60) for name in names[:_MOST_SHOWN])
    return shown + (" and others" if len(names) > _MOST_SHOWN else "")


@check(
    "auth/cert-role-missing-on-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.CCS_PRIV_CERT, docs.CERT),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; elasticsearch#58476",
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
            summary=f"None of {len(ours)} local roles ({_names(names)}) exists on the remote cluster under the same name.",
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
            summary=f"The roles {_names(reading)} of the remote cluster read indices, and none has read_cross_cluster.",
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
            summary=f"Roles of the remote cluster that the API key model does not look at: {_names(left)}.",
            remedy="Change access with the key (PUT _security/cross_cluster/api_key/<id>) and with local roles; "
            "remove these roles if no remote of the certificate model needs them.",
            facts={"observed": tuple(left[:20])},
        )


CHECKS = (cert_role_missing_on_remote, cert_role_privileges, remote_role_useless)

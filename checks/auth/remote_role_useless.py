"""The check auth/remote-role-useless."""

from __future__ import annotations

from checks.auth._certificate_roles import crosses
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import CREATE_KEY, call, on_remote
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    OfLocal,
    OfRemote,
    Role,
    Roles,
    Severity,
    as_fact,
    listed,
)


def _own(roles: Roles) -> dict[str, Role]:
    """The roles that somebody made."""
    return {role.name: role for role in roles.all if not role.reserved}


@check(
    "auth/remote-role-useless",
    severity=Severity.INFO,
    applies=API_KEY_REMOTES,
    docs=(docs.API_KEY_ROLES,),
    tags=("privileges", "roles"),
    source="documentation: add remote clusters using API key authentication, roles and users",
)
def remote_role_useless(local: OfLocal[Roles], remote: OfRemote[Roles]) -> Yields:
    """Roles for searches from elsewhere exist on the remote cluster, and the API key model does not look at them.

    Why it matters: access is what the key allows, narrowed by the user's local role. Whoever changes the role on the remote cluster
    wonders why nothing happens.

    How to fix: nothing has to be done. Once no remote of the certificate model needs them, they can go.

    Example: roles that are left from the time before API keys.
    """
    remote_side = _own(remote)
    left = sorted(name for name in set(_own(local)) & set(remote_side) if crosses(remote_side[name]))
    if left:
        yield Finding(
            summary=f"Roles of the remote cluster that the API key model does not look at: {listed(left)}.",
            remedy="Change access with the API key and with local roles. Remove these roles if no remote of the certificate model needs them.",
            fix=on_remote(
                call(
                    "PUT",
                    "_security/cross_cluster/api_key/<id>",
                    CREATE_KEY.body and {"access": CREATE_KEY.body["access"]},
                ),
                when="to change what may be searched",
            ),
            facts={"observed": as_fact(left)},
        )

"""Roles in the certificate model: those of the user's local roles that exist on the remote cluster under the same name count there."""

from __future__ import annotations

from typing import Final

from diag.model import (
    LEADING,
    READS_CCR,
    SEARCHING,
    Json,
    Remote,
    Role,
    Roles,
)

# What lets a role of the remote cluster be searched through (documentation: privileges for cross-cluster search, certificates).
SEARCHES: Final = frozenset({"read_cross_cluster", "all"})


def own(roles: Roles) -> dict[str, Role]:
    """The roles that somebody made."""
    return {role.name: role for role in roles.all if not role.reserved}


def crosses(role: Role) -> bool:
    """Tell whether a role may be searched through from another cluster."""
    return has_privilege(role, SEARCHES)


def has_privilege(role: Role, wanted: frozenset[str]) -> bool:
    return any(wanted & {name.lower() for name in grant.privileges} for grant in role.indices)


def for_replication(remote: Remote) -> bool:
    """Whether the declared roles are of those who replicate: nothing is declared to be searched."""
    return bool(remote.use.replicate) and not remote.use.search


def needed(remote: Remote) -> dict[str, Json]:
    """What a role of the remote cluster has to have, for what the remote is declared to be used for."""
    if for_replication(remote):
        leaders: list[Json] = [{"names": list(remote.use.replicate), "privileges": list(LEADING)}]
        return {"cluster": [READS_CCR], "indices": leaders}
    names = list(remote.use.search) or ["<indices>"]
    return {"indices": [{"names": names, "privileges": list(SEARCHING)}]}

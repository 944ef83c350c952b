"""The check auth/local-remote-cluster-missing."""

from __future__ import annotations

from checks.auth._esql import MONITOR_ENRICH, NO_ENRICH, NOBODY
from checks.auth._grants import OPEN, SUPERUSER, changeable, fits, named, own
from checks.auth._role_calls import add_to_role
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import Remedy
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ENRICH_PRIVILEGE,
    Finding,
    LocalVersion,
    OfLocal,
    Remote,
    Role,
    Roles,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "auth/local-remote-cluster-missing",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.ROLE_STRUCTURE, docs.ESQL),
    tags=("privileges", "roles", "esql"),
    source=ENRICH_PRIVILEGE.source,
)
def local_remote_cluster_missing(
    remote: Remote, roles: OfLocal[Roles], local_version: LocalVersion | Unavailable
) -> Yields:
    """ES|QL enriches from this remote, and no local role has the privilege for it.

    Why it matters: ``ENRICH`` reads its policies on the remote cluster, which from 8.15 on needs ``monitor_enrich`` under ``remote_cluster``
    in a local role. ``remote_indices`` does not give it.

    How to fix: add ``remote_cluster`` with the alias and ``monitor_enrich`` to the role.

    Example: a role with ``remote_indices`` alone: queries work until somebody adds ``| ENRICH``.
    """
    if not remote.use.enrich:
        yield NO_ENRICH
    elif isinstance(local_version, Unavailable):
        yield Unknown(str(local_version), piece=local_version)
    elif local_version.number < ENRICH_PRIVILEGE.since:
        yield NotApplicable(
            f"the local cluster runs {local_version}; the privilege exists from {ENRICH_PRIVILEGE.since} on"
        )
    else:
        yield from _enriching(remote, roles)


def _enriching(remote: Remote, roles: Roles) -> Yields:
    found, missing = named(roles, remote.use.roles)
    chosen = found if remote.use.roles else own(roles)
    answers = {_enriches(role, remote.alias) for role in chosen}
    if True in answers:
        return
    if missing:
        yield NotApplicable("not all of the declared roles exist; auth/local-remote-indices-missing is about that")
        return
    if not remote.use.roles and not any(_reaches(role, remote.alias) for role in chosen):
        yield NOBODY
        return
    if None in answers:
        yield Unknown(OPEN)
        return
    alias = shorten(remote.alias, 80)
    how = _remedy(remote, chosen)
    whose = (
        f"the declared roles {listed([one.name for one in chosen])}"
        if remote.use.roles
        else f"{len(chosen)} roles that are not built in"
    )
    yield Finding(
        summary=f"None of {whose} has {MONITOR_ENRICH} in remote_cluster for {alias}: ENRICH on this remote is refused.",
        remedy=how.sentence,
        fix=how.fix,
        facts={"observed": 0, "expected": "at least 1", "roles": as_fact([role.name for role in chosen])},
    )


def _remedy(remote: Remote, chosen: tuple[Role, ...]) -> Remedy:
    """Add the privilege to a role that reaches this remote: the first of them that can be changed."""
    reaching = tuple(role for role in chosen if _reaches(role, remote.alias)) or chosen
    return add_to_role(
        changeable(reaching), {"remote_cluster": [{"clusters": [remote.alias], "privileges": [MONITOR_ENRICH]}]}
    )


def _reaches(role: Role, alias: str) -> bool:
    """Whether a role has an entry for this remote, or one that may be for it."""
    return any(fits(grant, alias) is not False for grant in (*role.remote_indices, *role.remote_cluster))


def _enriches(role: Role, alias: str) -> bool | None:
    if role.name == SUPERUSER:
        return True
    answers = {fits(grant, alias) for grant in role.remote_cluster if MONITOR_ENRICH in grant.privileges}
    return True if True in answers else (None if None in answers else False)

"""What ES|QL asks of local roles and of the API key, beyond what a search asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from checks.auth.grants import OPEN, SUPERUSER, add_to_role, changeable, fits, named, on_remote, own, reads, reads_here
from checks.auth.records import CHANGE, CROSS_CLUSTER, GONE, NO_REMOTE_KEY
from checks.tables import docs
from checks.tables.versions import ENRICH_PRIVILEGE
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    LocalRoles,
    LocalVersion,
    Remote,
    RemoteKey,
    Role,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
_NO_ESQL: Final = NotApplicable("neither use.esql nor use.enrich is declared for this remote")
_NO_ENRICH: Final = NotApplicable("use.enrich is not declared for this remote")
_NOBODY: Final = NotApplicable("no role reaches this remote; auth/local-remote-indices-missing is about that")
_MONITOR_ENRICH: Final = "monitor_enrich"


@check(
    "auth/local-remote-cluster-missing",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.ROLESTR, docs.ESQL),
    tags=("privileges", "roles", "esql"),
    source=ENRICH_PRIVILEGE.source,
)
def local_remote_cluster_missing(remote: Remote, roles: LocalRoles, local: LocalVersion | Unavailable) -> Yields:
    """ES|QL enriches from this remote, and no local role has the privilege for it.

    Why it matters: ``ENRICH`` reads its policies on the remote cluster, which from 8.15 on needs ``monitor_enrich`` under ``remote_cluster``
    in a local role. ``remote_indices`` does not give it.

    How to fix: add ``remote_cluster`` with the alias and ``monitor_enrich`` to the role.

    Example: a role with ``remote_indices`` alone: queries work until somebody adds ``| ENRICH``.
    """
    if not remote.use.enrich:
        yield _NO_ENRICH
    elif isinstance(local, Unavailable):
        yield Unknown(str(local))
    elif local.number < ENRICH_PRIVILEGE.since:
        yield NotApplicable(f"the local cluster runs {local}; the privilege exists from {ENRICH_PRIVILEGE.since} on")
    else:
        yield from _enriching(remote, roles)


def _enriching(remote: Remote, roles: LocalRoles) -> Yields:
    found, missing = named(roles, remote.use.roles)
    chosen = found if remote.use.roles else own(roles)
    answers = {_enriches(role, remote.alias) for role in chosen}
    if True in answers:
        return
    if missing:
        yield NotApplicable("not all of the declared roles exist; auth/local-remote-indices-missing is about that")
        return
    if not remote.use.roles and not any(_reaches(role, remote.alias) for role in chosen):
        yield _NOBODY
        return
    if None in answers:
        yield Unknown(OPEN)
        return
    alias = shorten(remote.alias, 80)
    whose = (
        f"the declared roles {listed([one.name for one in chosen])}"
        if remote.use.roles
        else f"{len(chosen)} roles that are not built in"
    )
    yield Finding(
        summary=f"None of {whose} has {_MONITOR_ENRICH} in remote_cluster for {alias}: ENRICH on this remote is refused.",
        remedy=f'Add to the role: "remote_cluster": [{{"clusters": ["{alias}"], "privileges": ["{_MONITOR_ENRICH}"]}}]',
        facts={"observed": 0, "expected": "at least 1", "roles": as_fact([role.name for role in chosen])},
    )


def _reaches(role: Role, alias: str) -> bool:
    """Whether a role has an entry for this remote, or one that may be for it."""
    return any(fits(grant, alias) is not False for grant in (*role.remote_indices, *role.remote_cluster))


def _enriches(role: Role, alias: str) -> bool | None:
    if role.name == SUPERUSER:
        return True
    answers = {fits(grant, alias) for grant in role.remote_cluster if _MONITOR_ENRICH in grant.privileges}
    return True if True in answers else (None if None in answers else False)


@check(
    "auth/esql-privileges",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.ESQL, docs.ROLESTR),
    tags=("privileges", "roles", "esql"),
    source="privileges tried on 8.19.0: needed are read in remote_indices, and read or read_cross_cluster on any local index; the "
    "cluster privilege cross_cluster_search is not",
)
def esql_privileges(remote: Remote, roles: LocalRoles) -> Yields:
    """ES|QL is used on this remote, and roles lack a privilege that it needs.

    Why it matters: ES|QL asks more than a search does. Beside ``read`` in ``remote_indices`` the user needs ``read`` on some local index,
    of any name, even if no local index is queried; else the answer is 403, and searches of the same remote work. The roles under
    ``use.roles`` are judged together, for a user holds several; without, this is an info.

    How to fix: add an entry with ``read`` to ``indices`` of the role. Its name may be empty.

    Example: a role for searching a remote that has ``remote_indices`` and no ``indices``.
    """
    if not (remote.use.esql or remote.use.enrich):
        yield _NO_ESQL
    elif remote.use.roles:
        yield from _declared(remote, *named(roles, remote.use.roles))
    else:
        yield from _undeclared(remote, roles)


@dataclass(frozen=True, slots=True)
class _Lacks:
    """What a role lacks for ES|QL on a remote: reading it (``far``), reading any local index (``here``)."""

    far: bool
    here: bool

    def __bool__(self) -> bool:
        """Whether it lacks anything."""
        return self.far or self.here

    def words(self, alias: str) -> tuple[str, ...]:
        """Say what is missing."""
        far = (f"read in remote_indices for {shorten(alias, 80)}",) if self.far else ()
        return (*far, "read on any local index in indices") if self.here else far

    def remedy(self, role: Role, alias: str) -> str:
        """Say how it is added."""
        far = f'"remote_indices": [{{"clusters": ["{shorten(alias, 80)}"], "names": ["…"], "privileges": ["read"]}}]'
        here = '"indices": [{"names": [""], "privileges": ["read"]}]'
        wanted = " and ".join(text for text, missing in ((far, self.far), (here, self.here)) if missing)
        return add_to_role(role.name, wanted, reserved=role.reserved)


def _lacks(roles: tuple[Role, ...], alias: str) -> _Lacks | Unknown:
    """What roles lack together, as where one user has them all."""
    if any(role.name == SUPERUSER for role in roles):
        return _Lacks(far=False, here=False)
    judged = [on_remote(role.remote_indices, alias) for role in roles]
    far = not any(reads(entry) for entries, _ in judged for entry in entries)
    left_open = far and any(is_open for _, is_open in judged)
    return Unknown(OPEN) if left_open else _Lacks(far=far, here=not any(map(reads_here, roles)))


def _declared(remote: Remote, found: tuple[Role, ...], missing: tuple[str, ...]) -> Yields:
    """Judge the declared roles together: a user holds several. One that does not exist may be what gives the rest."""
    lacks = _lacks(found, remote.alias)
    if not lacks:
        return
    if missing:
        yield NotApplicable(f"no such role: {listed(missing)}; auth/local-remote-indices-missing is about that")
    elif isinstance(lacks, Unknown):
        yield lacks
    else:
        words = lacks.words(remote.alias)
        who = (
            f"The declared roles ({listed([one.name for one in found])}) lack"
            if len(found) > 1
            else f"The role {listed([one.name for one in found])} lacks"
        )
        yield Finding(
            summary=f"{who} {' and '.join(words)}: ES|QL on this remote is refused to its users, unless another role of theirs has it.",
            remedy=lacks.remedy(changeable(found), remote.alias),
            facts={
                "roles": as_fact([role.name for role in found]),
                "observed": words,
                "expected": "nothing is missing",
            },
        )


def _undeclared(remote: Remote, roles: LocalRoles) -> Yields:
    """Which roles are those of the users is not known: one that is complete is enough."""
    judged = [(role, _lacks((role,), remote.alias)) for role in own(roles)]
    if any(not lacks for _, lacks in judged if not isinstance(lacks, Unknown)):
        return
    reaching = [
        (role, lacks)
        for role, lacks in judged
        if not isinstance(lacks, Unknown) and on_remote(role.remote_indices, remote.alias)[0]
    ]
    if any(isinstance(lacks, Unknown) for _, lacks in judged):
        yield Unknown(OPEN)
    elif not reaching:
        yield _NOBODY
    else:
        first, lacks = reaching[0]
        words = lacks.words(remote.alias)
        yield Finding(
            summary=f"None of the roles that reach this remote ({listed([role.name for role, _ in reaching])}) has all that ES|QL needs; "
            f"{shorten(first.name, 80)} lacks {' and '.join(words)}. Users may have it from a role beside it.",
            remedy=lacks.remedy(first, remote.alias),
            severity=Severity.INFO,
            facts={
                "observed": words,
                "expected": "nothing is missing",
                "roles": as_fact([role.name for role, _ in reaching]),
            },
        )


@check(
    "auth/key-esql-enrich-old",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.ESQL, docs.A_KEYUP),
    tags=("api-key", "privileges", "esql"),
    source=f"{ENRICH_PRIVILEGE.source}; role descriptors of keys made on 8.19.0 and 9.2.0",
)
def key_esql_enrich_old(theirs: RemoteKey, remote: Remote) -> Yields:
    """The API key is from before ``ENRICH`` across clusters, and does not allow it.

    Why it matters: a key keeps the privileges that keys had when it was made. One from before 8.15 lacks ``monitor_enrich``, after an upgrade
    too, so that queries with ``ENRICH`` on this remote are refused.

    How to fix: update the key with the access that it has: that gives it the privileges of today.

    Example: a key of 8.14, on a remote cluster that now runs 8.17.
    """
    record = theirs.record
    if not remote.use.enrich:
        yield _NO_ENRICH
    elif record is None:
        yield GONE
    elif record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif not record.cluster:
        yield Unknown("the record of the key does not show its cluster privileges")
    elif "cross_cluster_search" not in record.cluster:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    elif _MONITOR_ENRICH not in record.cluster:
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} lacks {_MONITOR_ENRICH}, as keys from before {ENRICH_PRIVILEGE.since} do; "
            "expected it beside cross_cluster_search.",
            remedy=f"Once the remote cluster runs {ENRICH_PRIVILEGE.since} or later: {CHANGE}",
            facts={"observed": record.cluster, "expected": _MONITOR_ENRICH},
        )


CHECKS = (local_remote_cluster_missing, esql_privileges, key_esql_enrich_old)

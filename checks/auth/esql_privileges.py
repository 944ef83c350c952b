"""The check auth/esql-privileges."""

from __future__ import annotations

from typing import Final

from checks.auth._body_grants import grant_of
from checks.auth._esql import NOBODY
from checks.auth._grants import OPEN, SUPERUSER, changeable, named, on_remote, own, reads, reads_here
from checks.auth._role_calls import add_to_role
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import Remedy
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Json,
    OfLocal,
    Remote,
    Role,
    RoleBodies,
    Roles,
    Severity,
    as_fact,
    dataclass,
    listed,
    shorten,
)

_NO_ESQL: Final = NotApplicable("neither use.esql nor use.enrich is declared for this remote")


def _documents(bodies: RoleBodies) -> Yields:
    for body in bodies.all:
        reaching = [one for one in body.remote_indices if reads(grant_of(one))]
        role = Role(name=body.name, indices=tuple(map(grant_of, body.indices)))
        if reaching and not reads_here(role):
            yield Finding(
                summary="The role reads a remote and no local index: searches of the remote work with it, and ES|QL is refused, unless another role "
                "of the user has read on some local index.",
                remedy="If ES|QL is used, add an entry with read to indices; its name may be empty.",
                severity=Severity.INFO,
                facts={"observed": "no local index", "expected": "read on any local index in indices"},
                origin=reaching[0].origin,
            )


@check(
    "auth/esql-privileges",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=API_KEY_REMOTES,
    docs=(docs.ESQL, docs.ROLE_STRUCTURE),
    tags=("privileges", "roles", "esql"),
    source="privileges tried on 8.19.0: needed are read in remote_indices, and read or read_cross_cluster on any local index; the "
    "cluster privilege cross_cluster_search is not",
    in_documents=_documents,
)
def esql_privileges(remote: Remote, roles: OfLocal[Roles]) -> Yields:
    """ES|QL is used on this remote, and roles lack a privilege that it needs.

    Why it matters: ES|QL asks more than a search does. As well as ``read`` in ``remote_indices`` the user needs ``read`` on some local index,
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
class _MissingPrivileges:
    """What a role lacks for ES|QL on a remote: reading it (``there``), reading any local index (``here``)."""

    there: bool
    here: bool

    def __bool__(self) -> bool:
        """Whether it lacks anything."""
        return self.there or self.here

    def words(self, alias: str) -> tuple[str, ...]:
        """Say what is missing."""
        there = (f"read in remote_indices for {shorten(alias, 80)}",) if self.there else ()
        return (*there, "read on any local index in indices") if self.here else there

    def remedy(self, role: Role, remote: Remote) -> Remedy:
        """How it is added."""
        names = list(remote.use.search) or ["<indices>"]
        entries: dict[str, Json] = {}
        if self.there:
            entries["remote_indices"] = [{"clusters": [remote.alias], "names": names, "privileges": ["read"]}]
        if self.here:
            entries["indices"] = [{"names": [""], "privileges": ["read"]}]
        return add_to_role(role, entries)


def _missing_privileges(roles: tuple[Role, ...], alias: str) -> _MissingPrivileges | Unknown:
    """What roles lack together, as where one user has them all."""
    if any(role.name == SUPERUSER for role in roles):
        return _MissingPrivileges(there=False, here=False)
    judged = [on_remote(role.remote_indices, alias) for role in roles]
    there = not any(reads(entry) for entries, _ in judged for entry in entries)
    undecided = there and any(is_open for _, is_open in judged)
    return Unknown(OPEN) if undecided else _MissingPrivileges(there=there, here=not any(map(reads_here, roles)))


def _declared(remote: Remote, found: tuple[Role, ...], missing: tuple[str, ...]) -> Yields:
    """Judge the declared roles together: a user holds several. One that does not exist may be what gives the rest."""
    lacks = _missing_privileges(found, remote.alias)
    if not lacks:
        return
    if missing:
        yield NotApplicable(f"no such role: {listed(missing)}; auth/local-remote-indices-missing is about that")
    elif isinstance(lacks, Unknown):
        yield lacks
    else:
        words, how = lacks.words(remote.alias), lacks.remedy(changeable(found), remote)
        who = (
            f"The declared roles ({listed([one.name for one in found])}) lack"
            if len(found) > 1
            else f"The role {listed([one.name for one in found])} lacks"
        )
        yield Finding(
            summary=f"{who} {' and '.join(words)}: ES|QL on this remote is refused to its users, unless another of their roles has it.",
            remedy=how.sentence,
            fix=how.fix,
            facts={
                "roles": as_fact([role.name for role in found]),
                "observed": words,
                "expected": "nothing is missing",
            },
        )


def _undeclared(remote: Remote, roles: Roles) -> Yields:
    """Which roles are those of the users is not known: one that is complete is enough."""
    judged = [(role, _missing_privileges((role,), remote.alias)) for role in own(roles)]
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
        yield NOBODY
    else:
        first, lacks = reaching[0]
        words, how = lacks.words(remote.alias), lacks.remedy(first, remote)
        yield Finding(
            summary=f"None of the roles that reach this remote ({listed([role.name for role, _ in reaching])}) has all that ES|QL needs; "
            f"{shorten(first.name, 80)} lacks {' and '.join(words)}. Users may have it from another role.",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.INFO,
            facts={
                "observed": words,
                "expected": "nothing is missing",
                "roles": as_fact([role.name for role, _ in reaching]),
            },
        )

"""What a local role grants on a remote: entries whose patterns fit its alias, and the privileges in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from diag.model import Grant, NotJudgedError, Role, Roles, admits, listed, matches, overlaps

SUPERUSER: Final = "superuser"  # It may do everything, whatever its entries say.
OPEN: Final = "a role names clusters by a regular expression that is not judged here"
# What searches and ES|QL ask for; a privilege may be written as a pattern of actions too (IndexPrivilege).
SEARCH_ACTION: Final = "indices:data/read/search"
ESQL_ACTION: Final = "indices:data/read/esql"
BY_ACTION: Final = "a role names privileges by patterns of actions, which are not judged here"
_READING: Final = frozenset({"read", "all"})
_READING_HERE: Final = frozenset({"read", "read_cross_cluster", "all"})


def fits(grant: Grant, alias: str) -> bool | None:
    """Tell whether an entry is about this remote; None where a regular expression among its patterns leaves that open."""
    return admits(grant.clusters, (alias,))


def on_remote(grants: Iterable[Grant], alias: str) -> tuple[tuple[Grant, ...], bool]:
    """The entries about this remote, and whether there are some of which that is not known."""
    judged = [(grant, fits(grant, alias)) for grant in grants]
    return tuple(grant for grant, about in judged if about), any(about is None for _, about in judged)


def reads(grant: Grant, action: str = SEARCH_ACTION) -> bool:
    """Tell whether an entry of ``remote_indices`` lets its indices be read; ``read_cross_cluster`` alone does not."""
    return any(name.lower() in _READING or matches(name.lower(), action) for name in grant.privileges)


def reads_here(role: Role) -> bool:
    """Tell whether a role reads any local index: what ES|QL asks of everybody, also where only remotes are queried."""
    return any(
        name.lower() in _READING_HERE or matches(name.lower(), ESQL_ACTION)
        for grant in role.indices
        for name in grant.privileges
    )


def own(roles: Roles) -> tuple[Role, ...]:
    """The roles that somebody made."""
    return tuple(role for role in roles.all if not role.reserved)


def uncovered(grants: Iterable[Grant], patterns: Iterable[str]) -> tuple[list[str], str]:
    """The declared patterns that no entry covers even in part, and why that is not known, where it is not.

    A pattern that is covered in part is none: what it means here may be just that part.
    """
    names = [name for grant in grants for name in grant.names]
    single = [part.strip() for text in patterns if not text.startswith("<") for part in text.split(",")]
    # What is taken out again, and the part of a data stream behind ``::``, need no privilege under that name.
    wanted = ["*" if one == "_all" else one.partition("::")[0] for one in single if one and not one.startswith("-")]
    try:
        return [one for one in wanted if not overlaps(names, one)], ""
    except NotJudgedError as error:
        return [], f"whether the roles cover {listed(wanted)}: {error}"


def named(roles: Roles, names: Iterable[str]) -> tuple[tuple[Role, ...], tuple[str, ...]]:
    """The roles of these names, and the names that no role has."""
    known = {role.name: role for role in roles.all}
    wanted = tuple(dict.fromkeys(names))
    return tuple(known[name] for name in wanted if name in known), tuple(name for name in wanted if name not in known)


def changeable(roles: tuple[Role, ...]) -> Role:
    """The first of some roles that can be changed; where all are built in, the first."""
    return next((role for role in roles if not role.reserved), roles[0])

"""The query of an address, read strictly: a name that is mistyped must not give an answer that looks like good news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from diag.board import Snapshot
from diag.text import did_you_mean, shown
from diag.web.wanted import BadQueryError, Wanted

_MAX_SHOWN: Final = 80
_FLAGS: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


def refuse_other_keys(query: QueryParams, known: Collection[str]) -> None:
    """Refuse a key that the route does not know, and one that is given twice. Raises BadQueryError."""
    for key, count in Counter(key for key, _ in query.multi_items()).items():
        if key not in known:
            hint = did_you_mean(key, known) or f"expected {', '.join(known) or 'no query'}"
            msg = f"unknown parameter {shown(key, _MAX_SHOWN)}; {hint}"
            raise BadQueryError(msg)
        if count > 1:
            msg = f"the parameter {key} is given {count} times: expected it once"
            raise BadQueryError(msg)


def a_flag(query: Mapping[str, str], name: str) -> bool:
    """Read a yes or no; left out it is no. Raises BadQueryError for anything else."""
    text = query.get(name, "").lower()
    if text not in _FLAGS:
        msg = f"{name} {shown(text, _MAX_SHOWN)!r}: expected 1 or 0, true or false"
        raise BadQueryError(msg)
    return _FLAGS[text]


def a_number(query: Mapping[str, str], name: str, default: int, limit: int) -> int:
    """Read a whole number from 0 to a limit. Raises BadQueryError for anything else."""
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(limit)) and int(text) <= limit):
        msg = f"{name} {shown(text, _MAX_SHOWN)!r}: expected a whole number from 0 to {limit}"
        raise BadQueryError(msg)
    return int(text)


def a_word(query: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """Read one of the known words; left out it is the first of them. Raises BadQueryError for any other."""
    return known_word(name, query.get(name) or known[0], known)


def known_word(what: str, word: str, known: Collection[str]) -> str:
    """Give a word that is among the known ones. Raises BadQueryError, with the nearest, where it is not."""
    if word not in known:
        hint = did_you_mean(word, known) or f"expected one of {', '.join(known)}"
        msg = f"{what} {shown(word, _MAX_SHOWN)!r}: {hint}"
        raise BadQueryError(msg)
    return word


def refuse_unknown_cause(wanted: Wanted, checks: Collection[str]) -> None:
    """Refuse to choose by a check that there is not. Raises BadQueryError."""
    if wanted.cause and wanted.cause not in checks:
        hint = did_you_mean(wanted.cause, checks) or "diag checks list names them all"
        msg = f"cause {shown(wanted.cause, _MAX_SHOWN)}: there is no check of that id; {hint}"
        raise BadQueryError(msg)


def refuse_unknown_check(pattern: str, checks: Collection[str]) -> None:
    """Refuse a glob that names no check. Raises BadQueryError."""
    if not any(fnmatchcase(one, pattern) for one in checks):
        hint = did_you_mean(pattern, checks) or "diag checks list names them all"
        msg = f"check {shown(pattern, _MAX_SHOWN)}: there is no check of that id; {hint}"
        raise BadQueryError(msg)


def refuse_unknown_places(wanted: Wanted, snapshot: Snapshot) -> None:
    """Refuse to choose a cluster or remote that there is not. Raises HTTPException 404 with the nearest name.

    A cluster that was not looked at yet is there, and its remotes are not known.
    """
    names = (*snapshot.clusters, *snapshot.awaited)
    if wanted.cluster and not any(map(wanted.takes_cluster, names)):
        raise HTTPException(404, _no_such("cluster", wanted.cluster, names))
    chosen = tuple(filter(wanted.takes_cluster, names))
    aliases = {
        remote.alias
        for name in chosen
        if name in snapshot.clusters
        for remote in snapshot.clusters[name].report.remotes
    }
    if not any(map(wanted.takes_alias, aliases)) and wanted.remote and not set(chosen) & set(snapshot.awaited):
        raise HTTPException(404, _no_such("remote", wanted.remote, aliases))


def _no_such(what: str, name: str, known: Collection[str]) -> str:
    hint = did_you_mean(name, known)
    return f"there is no {what} {shown(name, _MAX_SHOWN)}{'; ' if hint else ''}{hint}"

"""The check runtime/no-matching-indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from checks.runtime._searches import GIVE, extend_key, may_not
from checks.shared.fixes import call, here, on_remote
from checks.shared.index_patterns import excluded, is_whole
from checks.shared.reported_errors import MAX_ERROR_LENGTH, MissingOn, missing_privilege
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    ErrorKind,
    Finding,
    Indices,
    OfRemote,
    Remote,
    RemoteInfo,
    ResolvedPatterns,
    Severity,
    Unavailable,
    as_fact,
    listed,
    matches,
    shorten,
)

_EXCLUDES: Final = "-"
# What is no plain name or pattern: a name that is worked out from the date, and a part of an index or data stream (logs::failures).
_DATED: Final = "<"
_SELECTS: Final = "::"


@check(
    "runtime/no-matching-indices",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=Applies.settings(),
    docs=(docs.API_RESOLVE_CLUSTER, docs.CCS_RESOLVE_CLUSTER),
    tags=("search", "reported"),
    source="documentation: resolve cluster API, matching_indices; a warning, because something that is declared is missing",
)
def no_matching_indices(
    remote: Remote,
    info: RemoteInfo | Unavailable,
    resolved: ResolvedPatterns | Unavailable,
    indices: OfRemote[Indices] | Unavailable,
) -> Yields:
    """Nothing on the remote matches a pattern that is to be searched.

    Why it matters: such a search gives no error and no result. The name is wrong, the index is closed, or the key or the role does not
    let it be seen. The local cluster answers for all patterns together; for each one only the API of the remote cluster does.

    How to fix: correct the name in the searches and under ``use.search``, or extend what the key and the role allow.

    Example: ``use.search: [logs-*]``, and the indices of the remote cluster are called ``filebeat-*``.
    """
    wanted = [pattern for pattern in remote.use.search if not pattern.startswith(_EXCLUDES)]
    plain = [pattern for pattern in wanted if not pattern.startswith(_DATED) and _SELECTS not in pattern]
    known = isinstance(indices, Indices) and bool(plain) and is_whole(indices.all)
    if not remote.use.search:
        yield NotApplicable("no use.search is declared for this remote")
    elif _is_down(info, resolved):
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif isinstance(indices, Indices) and known and (empty := _empty(plain, excluded(remote.use.search), indices)):
        yield Finding(
            summary=f"The remote cluster has no open index, alias or data stream for {len(empty)} of {len(plain)} declared patterns: "
            f"{listed(empty)}.",
            remedy="Correct the names in the searches and under use.search of this remote; the remote cluster lists what there is.",
            fix=on_remote(call("GET", "_resolve/index/*"), when="to look"),
            facts={
                "observed": as_fact(empty),
                "expected": "an open index for each pattern",
            },
        )
    else:
        yield from _by_the_local_cluster(remote, resolved, wanted, there=known and len(plain) == len(wanted))


def _is_down(info: RemoteInfo | Unavailable, resolved: ResolvedPatterns | Unavailable) -> bool:
    if isinstance(resolved, ResolvedPatterns) and (resolved.connected or resolved.error):
        return False
    if isinstance(resolved, ResolvedPatterns):
        return True
    return isinstance(info, RemoteInfo) and not info.connected


def _empty(patterns: Sequence[str], left_out: Sequence[str], indices: Indices) -> list[str]:
    """The patterns that mean no open index, by whichever of its names, once what is left out again is gone."""
    names = {name for one in indices.all if not one.closed for name in (one.name, *one.aliases)}
    names.update(indices.data_streams)
    kept = [name for name in names if not any(matches(pattern, name) for pattern in left_out)]
    return [pattern for pattern in patterns if not any(_means(pattern, name) for name in kept)]


def _means(pattern: str, name: str) -> bool:
    """Whether a pattern finds a name; one that does not begin with a dot leaves out what does, which is mostly hidden."""
    plain = "*" if pattern == "_all" else pattern
    return matches(plain, name) and (plain.startswith(".") or not name.startswith("."))


def _by_the_local_cluster(
    remote: Remote, resolved: ResolvedPatterns | Unavailable, wanted: Sequence[str], *, there: bool
) -> Iterator[Finding | NotApplicable | Unknown]:
    """Judge by what the local cluster reports; ``there``: the remote cluster itself has an index for each pattern."""
    if isinstance(resolved, Unavailable):
        if not there:
            yield missing(resolved)
    elif (lack := missing_privilege(resolved.error)) is MissingOn.KEY:
        yield _nothing(remote, resolved, there=there)
    elif lack is not None:
        if not there:
            yield Unknown(f"{may_not(lack)} see these indices through the local cluster: {GIVE[lack]}")
    elif resolved.matching is False or ErrorKind.NO_SUCH_INDEX.fits(resolved.error):
        yield _nothing(remote, resolved, there=there)
    elif resolved.error:
        yield Unknown(f"the remote answers with an error: {shorten(resolved.error, MAX_ERROR_LENGTH)}")
    elif not there:
        yield from _unproven(resolved, wanted)


def _unproven(resolved: ResolvedPatterns, wanted: Sequence[str]) -> Iterator[Unknown]:
    """Say what stays open where the local cluster saw no error: one pattern that matches is proof, several are not."""
    if resolved.matching is None:
        yield Unknown("the remote cluster does not say whether indices match, as 8.13 and later do")
    elif selecting := [pattern for pattern in wanted if _SELECTS in pattern]:
        yield Unknown(f"whether there is such a part of an index is not known: {listed(selecting)}")
    elif len(wanted) > 1:
        yield Unknown(
            "something matches, but that is the answer for all patterns together; with url of the remote each is looked at by itself, except for "
            "names with a date"
        )


def _nothing(remote: Remote, resolved: ResolvedPatterns, *, there: bool) -> Finding:
    patterns = ", ".join(shorten(pattern, 80) for pattern in remote.use.search[:5])
    seen = "the remote cluster has such indices" if there else "expected at least one"
    stated = f" It says: {shorten(resolved.error, MAX_ERROR_LENGTH)}" if resolved.error else ""
    names = "" if there else "Correct the names in the searches and under use.search of this remote; else see "
    named = [
        one for one in remote.use.search if "*" not in one and one != "_all" and not one.startswith((_EXCLUDES, _DATED))
    ]
    see = f"{names or 'see '}whether the login of diag may see them, "
    return Finding(
        summary=f"Through the local cluster the login of diag finds no index of the remote for {patterns}; {seen}.{stated}",
        remedy=f"{see[0].upper()}{see[1:]}and whether the API key (access.search) and the roles of your users (remote_indices; certificate "
        "model: the role on the remote cluster) let them.",
        fix=(
            *here("diag", "setup", "role", "--search", remote.use.search[0], when="for the role that the login needs"),
            *on_remote(
                extend_key(remote.use.search), when="if the key does not allow them; it replaces all of its access"
            ),
        ),
        # What a login may not see looks like what is not there (verified on 8.19.0 and 9.2.0): without an error it proves nothing.
        # A plain name is meant to be there; a pattern may well wait for what comes.
        severity=Severity.WARNING if resolved.error or (named and not there) else Severity.INFO,
        facts={"observed": "no matching index", "expected": "a matching index", "patterns": as_fact(remote.use.search)},
    )

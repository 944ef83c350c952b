"""Whether the declared searches find anything: patterns that match nothing, remotes that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from checks.ccr.indices import excluded, is_whole
from checks.remedies import put_settings
from checks.runtime.wording import Lack, lack_of, meaning
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Reason,
    Remote,
    RemoteIndices,
    RemoteInfo,
    ResolvedUse,
    SearchTrial,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)
from diag.model.patterns import matches

_LONGEST: Final = 300
_ALLOW: Final = "extend access.search of the cross-cluster API key on the remote cluster"
# What to do about each lack of a privilege.
_GIVE: Final = {
    Lack.LOGIN: "`diag setup role --search PATTERN --try-searches` prints the role that it needs",
    Lack.KEY: f"{_ALLOW} (auth/key-index-not-covered)",
    Lack.KEY_OR_ROLE: f"{_ALLOW}, or give the login the role that `diag setup role --search PATTERN --try-searches` prints",
}
_NO_INDEX: Final = "no such index"
_BY_KEY: Final = "the remote cluster refuses a superuser, so that it is the API key, which does not allow these indices"
_SHARDS: Final = "GET _cluster/allocation/explain on the remote cluster says whether a shard is not there; the logs of its nodes say why others failed."
_EXCLUDES: Final = "-"
# What is no plain name or pattern: a name that is worked out from the date, and a part of an index or data stream (logs::failures).
_DATED: Final = "<"
_SELECTS: Final = "::"


@check(
    "runtime/no-matching-indices",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_RESOLVE, docs.CCS_RESOLVE),
    tags=("search", "belief"),
    source="documentation: resolve cluster API, matching_indices; a warning, for what is declared is missed",
)
def no_matching_indices(
    remote: Remote,
    info: RemoteInfo | Unavailable,
    resolved: ResolvedUse | Unavailable,
    indices: RemoteIndices | Unavailable,
) -> Yields:
    """Nothing on the remote matches a pattern that is to be searched.

    Why it matters: such a search gives no error and no result. The name is wrong, the index is closed, or the key or the role does not
    let it be seen. The local cluster is told of all patterns together; of each by itself only the API of the remote cluster tells.

    How to fix: correct the name in the searches and under ``use.search``, or extend what the key and the role allow.

    Example: ``use.search: [logs-*]``, and the indices of the remote cluster are called ``filebeat-*``.
    """
    wanted = [pattern for pattern in remote.use.search if not pattern.startswith(_EXCLUDES)]
    plain = [pattern for pattern in wanted if not pattern.startswith(_DATED) and _SELECTS not in pattern]
    known = isinstance(indices, RemoteIndices) and bool(plain) and is_whole(indices.all)
    if not remote.use.search:
        yield NotApplicable("no use.search is declared for this remote")
    elif _is_down(info, resolved):
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif (
        isinstance(indices, RemoteIndices) and known and (empty := _empty(plain, excluded(remote.use.search), indices))
    ):
        yield Finding(
            summary=f"The remote cluster has no open index, alias or data stream for {len(empty)} of {len(plain)} declared patterns: "
            f"{listed(empty)}.",
            remedy="Correct the names in the searches and under use.search of this remote: GET _resolve/index/* on the remote cluster lists "
            "what there is.",
            facts={
                "observed": as_fact(empty),
                "expected": "an open index for each pattern",
            },
        )
    else:
        yield from _by_the_local_cluster(remote, resolved, wanted, there=known and len(plain) == len(wanted))


def _is_down(info: RemoteInfo | Unavailable, resolved: ResolvedUse | Unavailable) -> bool:
    if isinstance(resolved, ResolvedUse) and (resolved.connected or resolved.error):
        return False
    if isinstance(resolved, ResolvedUse):
        return True
    return isinstance(info, RemoteInfo) and not info.connected


def _empty(patterns: Sequence[str], left_out: Sequence[str], indices: RemoteIndices) -> list[str]:
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
    remote: Remote, resolved: ResolvedUse | Unavailable, wanted: Sequence[str], *, there: bool
) -> Iterator[Finding | NotApplicable | Unknown]:
    """Judge by what the local cluster was told; ``there``: the remote cluster itself has an index for each pattern."""
    if isinstance(resolved, Unavailable):
        if not there:
            yield NotApplicable(str(resolved)) if resolved.reason is Reason.NOT_ASKED else Unknown(str(resolved))
    elif (lack := lack_of(resolved.error)) is Lack.KEY:
        yield _nothing(remote, resolved, there=there)
    elif lack is not None:
        if not there:
            yield Unknown(f"{_may_not(lack)} see these indices through the local cluster: {_GIVE[lack]}")
    elif resolved.matching is False or _NO_INDEX in resolved.error:
        yield _nothing(remote, resolved, there=there)
    elif resolved.error:
        yield Unknown(f"the remote answers with an error: {shorten(resolved.error, _LONGEST)}")
    elif not there:
        yield from _unproven(resolved, wanted)


def _unproven(resolved: ResolvedUse, wanted: Sequence[str]) -> Iterator[Unknown]:
    """Say what stays open where the local cluster saw no error: one pattern that matches is proof, several are not."""
    if resolved.matching is None:
        yield Unknown("the remote cluster does not tell whether indices match, as 8.13 and later do")
    elif selecting := [pattern for pattern in wanted if _SELECTS in pattern]:
        yield Unknown(f"whether there is such a part of an index can't be told: {listed(selecting)}")
    elif len(wanted) > 1:
        yield Unknown(
            "something matches, but that is told of all patterns together; with url of the remote each is looked at by itself, except for "
            "names with a date"
        )


def _may_not(lack: Lack) -> str:
    """Begin a sentence on what lacks a privilege."""
    return f"{lack} may not" if lack is Lack.LOGIN else f"the remote cluster refuses: {lack} may not"


def _nothing(remote: Remote, resolved: ResolvedUse, *, there: bool) -> Finding:
    patterns = ", ".join(shorten(pattern, 80) for pattern in remote.use.search[:5])
    seen = "the remote cluster has such indices" if there else "expected at least one"
    said = f" It says: {shorten(resolved.error, _LONGEST)}" if resolved.error else ""
    names = "" if there else "Correct the names in the searches and under use.search of this remote; else see "
    named = [
        one for one in remote.use.search if "*" not in one and one != "_all" and not one.startswith((_EXCLUDES, _DATED))
    ]
    see = f"{names or 'see '}whether the login of diag may see them (diag setup role --search), "
    return Finding(
        summary=f"Through the local cluster the login of diag finds no index of the remote for {patterns}; {seen}.{said}",
        remedy=f"{see[0].upper()}{see[1:]}and whether the API key (access.search) and the roles of your users (remote_indices; certificate "
        "model: the role on the remote cluster) let them.",
        # What a login may not see looks like what is not there (verified on 8.19.0 and 9.2.0): without an error it proves nothing.
        # A plain name is meant to be there; a pattern may well wait for what comes.
        severity=Severity.WARNING if resolved.error or (named and not there) else Severity.INFO,
        facts={"observed": "no matching index", "expected": "a matching index", "patterns": as_fact(remote.use.search)},
    )


@check(
    "runtime/skipped-clusters",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.CCS_FAIL, docs.CCS_SKIP),
    tags=("search",),
    source="documentation: cross-cluster search, failures; states and texts observed on 6.8 to 9.2",
)
def skipped_clusters(remote: Remote, trial: SearchTrial, info: RemoteInfo | Unavailable) -> Yields:
    """A search of the declared patterns leaves the remote out, answers in part, or fails.

    Why it matters: with ``skip_unavailable: true`` a search without this remote is a success with fewer hits, and nobody notices. With
    ``false`` the whole search fails. Such a search is tried only where ``probe.search`` allows it.

    How to fix: mend what the error says. Where results without this remote are worth nothing, set ``skip_unavailable: false``.

    Example: ``_clusters.details.logs.status: skipped`` since the API key expired.
    """
    required = _is_required(remote, info)
    skipped = trial.skipped or trial.status == "skipped"
    lack = lack_of(trial.error)
    if lack and lack is not Lack.KEY:
        yield Unknown(
            f"{_may_not(lack)} search these indices: {_GIVE[lack]}. It says: {shorten(trial.error, _LONGEST)}"
        )
    elif skipped:
        yield _tried(remote, trial, "A search leaves this remote out", Severity.ERROR if required else Severity.WARNING)
    elif trial.status == "failed":
        whole = "; skip_unavailable is false, so that a search of several clusters fails as a whole" if required else ""
        yield _tried(remote, trial, f"A search of this remote fails{whole}", Severity.ERROR)
    elif trial.status == "running":
        yield Unknown("the search was not over in time")
    elif trial.status == "partial" or trial.error:
        what = "A search of this remote answers in part, for some shards failed or took too long"
        yield _tried(remote, trial, what, Severity.WARNING, _SHARDS)


def _is_required(remote: Remote, info: RemoteInfo | Unavailable) -> bool:
    """Whether searches have to have this remote; where nothing tells, it is not assumed."""
    known = None if isinstance(info, Unavailable) else info.skip_unavailable
    return (remote.skip_unavailable if known is None else known) is False


def _tried(remote: Remote, trial: SearchTrial, what: str, severity: Severity, remedy: str = "") -> Finding:
    by_key = lack_of(trial.error) is Lack.KEY
    cause = _BY_KEY if by_key else meaning(trial.error)
    said = f" It says: {shorten(trial.error, _LONGEST)}" if trial.error else ""
    return Finding(
        summary=f"{what}{f': {cause}' if cause else ''}.{said}",
        remedy=_mend(remote, trial, optional=severity is Severity.WARNING) if by_key or not remedy else remedy,
        severity=severity,
        facts={
            "observed": shorten(trial.status, 40) or "skipped",
            "expected": "successful",
            "error": shorten(trial.error, _LONGEST),
            "meaning": cause,
        },
    )


def _mend(remote: Remote, trial: SearchTrial, *, optional: bool) -> str:
    """Word what to do about a remote that takes no part in a search."""
    worthless = put_settings({remote.setting("skip_unavailable"): False})
    first = (
        f"{_ALLOW[0].upper()}{_ALLOW[1:]} (an update replaces all of its access)."
        if lack_of(trial.error) is Lack.KEY
        else f"{'Mend what the error says' if trial.error else 'Find out why'}: GET _resolve/cluster/{shorten(remote.alias)}:* (8.13 and "
        "later) tries to connect."
    )
    return first + (f" If results without this remote are worth nothing: {worthless}" if optional else "")


CHECKS = (no_matching_indices, skipped_clusters)

"""Whether the declared searches find anything: patterns that match nothing, remotes that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from checks.ccr.indices import MOST_FACTS, is_whole, listed
from checks.remedies import put_settings, shorten
from checks.runtime.wording import is_own_lack, meaning, told
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
)
from diag.model.patterns import matches

_LONGEST: Final = 300
_NO_INDEX: Final = "no such index"
# What is no plain name or pattern: an exclusion, and a name that is worked out from the date.
_NOT_PLAIN: Final = ("-", "<")


@check(
    "runtime/no-matching-indices",
    severity=Severity.INFO,
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
    let it be seen.

    How to fix: correct the name in the searches and under ``use.search``, or extend what the key and the role allow.

    Example: ``use.search: [logs-*]``, and the indices of the remote cluster are called ``filebeat-*``.
    """
    plain = [pattern for pattern in remote.use.search if not pattern.startswith(_NOT_PLAIN)]
    known = isinstance(indices, RemoteIndices) and bool(plain) and is_whole(indices.all)
    if not remote.use.search:
        yield NotApplicable("no use.search is declared for this remote")
    elif _is_down(info, resolved):
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif isinstance(indices, RemoteIndices) and known and (empty := _empty(plain, indices)):
        yield Finding(
            summary=f"The remote cluster has no open index, alias or data stream for {len(empty)} of {len(plain)} declared patterns: "
            f"{listed(empty)}.",
            remedy="Correct the names in the searches and under use.search of this remote: GET _resolve/index/* on the remote cluster lists "
            "what there is.",
            severity=Severity.WARNING,
            facts={"observed": tuple(empty[:MOST_FACTS]), "expected": "an open index for each pattern"},
        )
    else:
        yield from _by_the_local_cluster(remote, resolved, there=known)


def _is_down(info: RemoteInfo | Unavailable, resolved: ResolvedUse | Unavailable) -> bool:
    if isinstance(resolved, ResolvedUse) and (resolved.connected or resolved.error):
        return False
    if isinstance(resolved, ResolvedUse):
        return True
    return isinstance(info, RemoteInfo) and not info.connected


def _empty(patterns: Sequence[str], indices: RemoteIndices) -> list[str]:
    """The patterns that mean no open index, by whichever of its names."""
    names = {name for one in indices.all if not one.closed for name in (one.name, *one.aliases)}
    names.update(indices.data_streams)
    return [pattern for pattern in patterns if not any(_means(pattern, name) for name in names)]


def _means(pattern: str, name: str) -> bool:
    """Whether a pattern finds a name; one that does not begin with a dot leaves out what does, which is mostly hidden."""
    plain = "*" if pattern == "_all" else pattern
    return matches(plain, name) and (plain.startswith(".") or not name.startswith("."))


def _by_the_local_cluster(
    remote: Remote, resolved: ResolvedUse | Unavailable, *, there: bool
) -> Iterator[Finding | NotApplicable | Unknown]:
    """Judge by what the local cluster was told; ``there``: the remote cluster itself has an index for each pattern."""
    if isinstance(resolved, Unavailable):
        if not there:
            yield NotApplicable(str(resolved)) if resolved.reason is Reason.NOT_ASKED else Unknown(str(resolved))
    elif told(resolved) is None:
        if not there:
            yield Unknown(
                "the login of diag may not see these indices through the local cluster: `diag setup role --search PATTERN` prints "
                "the role that it needs"
            )
    elif resolved.matching is False or _NO_INDEX in resolved.error:
        yield _nothing(remote, resolved, there=there)
    elif resolved.error:
        yield Unknown(f"the remote answers with an error: {shorten(resolved.error, _LONGEST)}")
    elif resolved.matching is None and not there:
        yield Unknown("the remote cluster does not tell whether indices match, as 8.13 and later do")


def _nothing(remote: Remote, resolved: ResolvedUse, *, there: bool) -> Finding:
    patterns = ", ".join(shorten(pattern, 80) for pattern in remote.use.search[:5])
    seen = "the remote cluster has such indices" if there else "expected at least one"
    said = f" It says: {shorten(resolved.error, _LONGEST)}" if resolved.error else ""
    names = "" if there else "Correct the names in the searches and under use.search of this remote; else see "
    see = f"{names or 'see '}whether the login of diag may see them (diag setup role --search), "
    return Finding(
        summary=f"Through the local cluster the login of diag finds no index of the remote for {patterns}; {seen}.{said}",
        remedy=f"{see[0].upper()}{see[1:]}and whether the API key (access.search) and the roles of your users (remote_indices; certificate "
        "model: the role on the remote cluster) let them.",
        # What a login may not see looks like what is not there (verified on 8.19.0 and 9.2.0): without an error it proves nothing.
        severity=Severity.WARNING if resolved.error else Severity.INFO,
        facts={"observed": "no matching index", "expected": "a matching index", "patterns": remote.use.search[:20]},
    )


@check(
    "runtime/skipped-clusters",
    severity=Severity.WARNING,
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
    if trial.error and is_own_lack(trial.error):
        yield Unknown(
            "the login of diag may not search these indices: `diag setup role --search PATTERN --try-searches` prints the role "
            f"that it needs. It says: {shorten(trial.error, _LONGEST)}"
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
        yield _tried(remote, trial, what, Severity.WARNING)


def _is_required(remote: Remote, info: RemoteInfo | Unavailable) -> bool:
    """Whether searches have to have this remote; where nothing tells, it is not assumed."""
    known = None if isinstance(info, Unavailable) else info.skip_unavailable
    return (remote.skip_unavailable if known is None else known) is False


def _tried(remote: Remote, trial: SearchTrial, what: str, severity: Severity) -> Finding:
    cause = meaning(trial.error)
    said = f" It says: {shorten(trial.error, _LONGEST)}" if trial.error else ""
    incomplete = severity is Severity.WARNING
    worthless = put_settings({remote.setting("skip_unavailable"): False})
    return Finding(
        summary=f"{what}{f': {cause}' if cause else ''}.{said}",
        remedy=f"{'Mend what the error says' if trial.error else 'Find out why'}: GET _resolve/cluster/{shorten(remote.alias)}:* (8.13 and "
        "later) tries to connect."
        f"{f' If results without this remote are worth nothing: {worthless}' if incomplete else ''}",
        severity=severity,
        facts={
            "observed": trial.status or "skipped",
            "expected": "successful",
            "error": shorten(trial.error, _LONGEST),
            "meaning": cause,
        },
    )


CHECKS = (no_matching_indices, skipped_clusters)

"""The check runtime/skipped-clusters."""

from __future__ import annotations

from typing import Final

from checks.runtime._searches import ALLOW, GIVE, extend_key, may_not
from checks.shared.fixes import Remedy, call, on_local, on_remote, put_settings
from checks.shared.reported_errors import MAX_ERROR_LENGTH, MissingOn, meaning, missing_privilege
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Finding,
    Remote,
    RemoteInfo,
    SearchTrial,
    Severity,
    Unavailable,
    in_path,
    shorten,
)

_BY_KEY: Final = "the remote cluster refuses a superuser, so that it is the API key, which does not allow these indices"
_SHARDS: Final = Remedy(
    "The API of the remote cluster says whether a shard is missing; the logs of its nodes say why others failed.",
    on_remote(call("GET", "_cluster/allocation/explain"), when="to look"),
)


@check(
    "runtime/skipped-clusters",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.CCS_FAILURES, docs.CCS_SKIP_UNAVAILABLE),
    tags=("search",),
    source="documentation: cross-cluster search, failures; states and texts observed on 6.8 to 9.2",
)
def skipped_clusters(remote: Remote, trial: SearchTrial, info: RemoteInfo | Unavailable) -> Yields:
    """A search of the declared patterns leaves the remote out, answers in part, or fails.

    Why it matters: with ``skip_unavailable: true`` a search without this remote is a success with fewer hits, and nobody notices. With
    ``false`` the whole search fails. Such a search is tried only where ``probe.search`` allows it.

    How to fix: fix what the error says. Where results without this remote are worth nothing, set ``skip_unavailable: false``.

    Example: ``_clusters.details.logs.status: skipped`` since the API key expired.
    """
    required = _is_required(remote, info)
    skipped = trial.skipped or trial.status == "skipped"
    lack = missing_privilege(trial.error)
    if lack and lack is not MissingOn.KEY:
        yield Unknown(
            f"{may_not(lack)} search these indices: {GIVE[lack]}. It says: {shorten(trial.error, MAX_ERROR_LENGTH)}"
        )
    elif skipped:
        yield _tried(remote, trial, "A search leaves this remote out", Severity.ERROR if required else Severity.WARNING)
    elif trial.status == "failed":
        whole = "; skip_unavailable is false, so that a search of several clusters fails as a whole" if required else ""
        yield _tried(remote, trial, f"A search of this remote fails{whole}", Severity.ERROR)
    elif trial.status == "running":
        yield Unknown("the search was not over in time")
    elif trial.status == "partial" or trial.error:
        what = "A search of this remote answers in part, because some shards failed or took too long"
        yield _tried(remote, trial, what, Severity.WARNING, _SHARDS)


def _is_required(remote: Remote, info: RemoteInfo | Unavailable) -> bool:
    """Whether searches have to have this remote; where that is not known, it is not assumed."""
    known = None if isinstance(info, Unavailable) else info.skip_unavailable
    return (remote.skip_unavailable if known is None else known) is False


def _tried(remote: Remote, trial: SearchTrial, what: str, severity: Severity, remedy: Remedy | None = None) -> Finding:
    by_key = missing_privilege(trial.error) is MissingOn.KEY
    cause = _BY_KEY if by_key else meaning(trial.error)
    stated = f" It says: {shorten(trial.error, MAX_ERROR_LENGTH)}" if trial.error else ""
    found = remedy if remedy and not by_key else _remedy(remote, trial, optional=severity is Severity.WARNING)
    return Finding(
        summary=f"{what}{f': {cause}' if cause else ''}.{stated}",
        remedy=found.sentence,
        fix=found.fix,
        severity=severity,
        facts={
            "observed": shorten(trial.status, 40) or "skipped",
            "expected": "successful",
            "error": shorten(trial.error, MAX_ERROR_LENGTH),
            "meaning": cause,
        },
    )


def _remedy(remote: Remote, trial: SearchTrial, *, optional: bool) -> Remedy:
    """What to do about a remote that takes no part in a search."""
    required = on_local(
        put_settings({remote.setting("skip_unavailable"): False}),
        when="if results without this remote are worth nothing",
    )
    if missing_privilege(trial.error) is MissingOn.KEY:
        sentence = f"{ALLOW[0].upper()}{ALLOW[1:]} (an update replaces all of its access)."
        fix = on_remote(extend_key(remote.use.search))
    else:
        sentence = "Fix what the error says." if trial.error else "Find out why it does not answer."
        fix = on_local(
            call("GET", f"_resolve/cluster/{in_path(remote.alias)}:*"), when="to try to connect; 8.13 and later"
        )
    return Remedy(sentence, (*fix, *(required if optional else ())))

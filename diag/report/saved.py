"""Evidence in a file, and back: the same evidence gives the same report, later and without a network."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from diag import VERSION
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, Policy, Severity
from diag.text import shown

KIND: Final = "diag evidence"
SCHEMA_VERSION: Final = "1"
MAX_BYTES: Final = 256 * 1024 * 1024
_PROBLEMS_SHOWN = 3
# How Elasticsearch up to 7.17, and from 8.0 on, answers calls of security that is off.
_SECURITY_IS_OFF: Final = ("Security must be explicitly enabled", "no handler found for uri [/_security/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a file of evidence holds: the evidence of each local cluster, the policy it was judged by, and how long the run took."""

    clusters: tuple[ClusterEvidence, ...]
    policy: Policy
    seconds: float | None = None


class SavedError(Exception):
    """A file is no evidence that can be judged; the text says why."""


def save(clusters: Sequence[ClusterEvidence], policy: Policy, seconds: float | None = None) -> str:
    """Write evidence and policy as JSON; ``seconds`` is how long the run took."""
    evidence = _adapter().dump_python(Saved(clusters=tuple(clusters), policy=policy, seconds=seconds), mode="json")
    whole = {"kind": KIND, "schema_version": SCHEMA_VERSION, "tool": {"name": "diag", "version": VERSION}, **evidence}
    # ASCII, so that text which is no valid Unicode comes back as it went.
    return json.dumps(whole, ensure_ascii=True, indent=1) + "\n"


def load(text: str) -> Saved:
    """Read what ``save`` wrote. Raises SavedError for everything else."""
    if len(text) > MAX_BYTES:
        msg = f"is larger than {MAX_BYTES // 1024 // 1024} MiB: no evidence of diag is"
        raise SavedError(msg)
    raw = _checked(_parsed(text))
    try:
        saved = _adapter().validate_python(_with_security(raw))
    except ValidationError as error:
        raise SavedError(_stated(error)) from None
    except RecursionError:
        msg = "is nested too deeply: no evidence of diag is"
        raise SavedError(msg) from None
    for problem in _impossible(saved):
        raise SavedError(problem)
    return saved


@functools.cache
def _adapter() -> TypeAdapter[Saved]:
    return TypeAdapter(Saved)


def _parsed(text: str) -> Any:  # noqa: ANN401 -- whatever the file holds.
    try:
        return json.loads(text)
    except ValueError as error:
        where = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "somewhere"
        msg = f"is no JSON (at {where}); expected a file written by diag run --save-evidence"
        raise SavedError(msg) from None
    except RecursionError:
        msg = "is nested too deeply: no evidence of diag is"
        raise SavedError(msg) from None


def _checked(raw: Any) -> Mapping[str, Any]:  # noqa: ANN401 -- whatever the file holds.
    if isinstance(raw, dict) and "counts" in raw and "generated_at" in raw:
        msg = "is a report, not evidence; expected a file written by diag run --save-evidence"
        raise SavedError(msg)
    if not isinstance(raw, dict) or raw.get("kind") != KIND:
        msg = "is no evidence of diag; expected a file written by diag run --save-evidence"
        raise SavedError(msg)
    version = raw.get("schema_version")
    if version != SCHEMA_VERSION:
        msg = f"has schema_version {shown(repr(version), 40)}; this diag ({VERSION}) reads {SCHEMA_VERSION!r}"
        raise SavedError(msg)
    return raw


def _with_security(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read older files, in which the answer to a question about privileges stands for what the cluster says of its security."""
    for cluster in raw["clusters"] if isinstance(raw.get("clusters"), list) else ():
        api = cluster.get("api") if isinstance(cluster, dict) else None
        if isinstance(api, dict) and isinstance(api.get("privileges"), dict) and "security" not in api:
            asked = api["privileges"]
            if any(text in str(asked.get("detail")) for text in _SECURITY_IS_OFF):
                api["security"] = {"enabled": False}
            else:
                api["security"] = asked if "step" in asked else {"enabled": True}
    return raw


def _stated(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    reported = [
        f"{shown('.'.join(map(str, p['loc'])), 200)}: {shown(p['msg'], 200)}" for p in problems[:_PROBLEMS_SHOWN]
    ]
    more = len(problems) - len(reported)
    rest = [f"and {more} more"] if more > 0 else []
    return "is damaged, or was changed by hand: " + "; ".join(reported + rest)


def _impossible(saved: Saved) -> Iterator[str]:
    """What has the right shape and cannot be judged all the same."""
    if any(moment.tzinfo is None for moment in _times(saved.clusters)):
        yield "is damaged: a time has no time zone"
    for glob, level in saved.policy.severity.items():
        if level not in set(Severity):
            yield f"is damaged: policy.severity.{shown(glob, 80)}: expected one of {', '.join(Severity)}"
    for entry in saved.policy.acknowledge:
        try:
            date.fromisoformat(entry.until)
        except ValueError:
            yield f"is damaged: policy.acknowledge: {shown(entry.until, 40)!r} is no date"


def _times(value: Any) -> Iterator[datetime]:  # noqa: ANN401 -- any part of the evidence.
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _times(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _times(getattr(value, field.name))


def chosen(saved: Saved, clusters: Iterable[str], remotes: Iterable[str]) -> Saved:
    """Keep only clusters and remotes of these names; no names at all keep everything."""
    wanted_clusters, wanted_remotes = set(clusters), set(remotes)
    kept = []
    for cluster in saved.clusters:
        if wanted_clusters and cluster.cluster.name not in wanted_clusters:
            continue
        first, *others = (_only(view, wanted_remotes) for view in cluster.views)
        kept.append(dataclasses.replace(first, other_views=tuple(others)))
    return dataclasses.replace(saved, clusters=tuple(kept))


def _only(view: ClusterEvidence, aliases: set[str]) -> ClusterEvidence:
    remotes = tuple(one for one in view.remotes if not aliases or one.remote.alias in aliases)
    return dataclasses.replace(view, remotes=remotes)

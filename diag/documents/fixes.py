"""What is typed to put a file of a node right: lines of that file, in the place of a call that changes the settings of a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from diag.documents.unresolved import written_back
from diag.model import Finding, Fix, Request, Where, settings_line
from diag.redact import rewritten

_SETTINGS: Final = "_cluster/settings"
_METHOD: Final = "PUT"


def as_written(finding: Finding, source: str, stand_ins: Iterable[tuple[str, str]]) -> Finding:
    """The finding with what stands in the document in the place of what was put there to judge the rest.

    ``stand_ins`` are such values, each with what is written in its place.
    """
    by_length = sorted(stand_ins, key=lambda one: -len(one[0]))

    def change(text: str) -> str:
        for value, written in by_length:
            text = text.replace(value, written)
        return written_back(text, source)

    return replace(rewritten(finding, change), origin=finding.origin)


def for_file(finding: Finding, file: str) -> Finding:
    """The finding with lines of the file: a setting that stands there goes before the one that a call sets, or comes back at the next start."""
    return replace(finding, fix=tuple(_in_file(one, file) for one in finding.fix))


def _in_file(fix: Fix, file: str) -> Fix:
    changes = [one for one in fix.requests if one.method == _METHOD and one.path == _SETTINGS]
    lines = tuple(line for one in changes for line in _lines(one))
    if fix.yml or fix.commands or len(changes) < len(fix.requests) or not lines:
        return fix
    where = Where.REMOTE_NODE if fix.where is Where.REMOTE else Where.LOCAL_NODE
    return Fix(where=where, yml="\n".join(lines), file=file, when=fix.when)


def _lines(request: Request) -> Iterator[str]:
    for layer in (request.body or {}).values():
        if isinstance(layer, Mapping):
            for key, value in layer.items():
                if value is None:
                    yield f"# {key} is taken out"
                elif isinstance(value, list | tuple):
                    yield settings_line(key, [str(one) for one in value])
                else:
                    yield settings_line(key, str(value).lower() if isinstance(value, bool) else str(value))

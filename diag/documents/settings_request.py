"""The body of ``PUT _cluster/settings``, as a file of its own or inside a console, a script, a playbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.flat import Flattening
from diag.documents.row import KindRow, Reading, problems_of
from diag.documents.tree import Branch, Entry
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.piece import Side

SCOPES: Final = {"persistent": Layer.PERSISTENT, "transient": Layer.TRANSIENT, "defaults": Layer.DEFAULTS}
_BROKEN: Final = re.compile(r"\"(?:persistent|transient)\"(?=\s*:)")


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None:
        found = candidate.seems(_BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    scope = next((key for key in SCOPES if isinstance(branch.get(key), Branch)), "")
    if scope:
        return f"it holds {scope}"
    return "it holds cluster.remote" if candidate.is_json and _holds_remotes(branch) else ""


def _holds_remotes(branch: Branch) -> bool:
    return any(one.key.startswith("cluster.remote.") for one in Flattening(Layer.NONE).settings(branch))


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    branch = candidate.branch
    found = problems_of(candidate, DocumentKind.SETTINGS_REQUEST)
    if branch is None:
        return found
    return (SettingsTexts(all=(settings_body(branch, reading.side, candidate.source.file),)), *found)


def settings_body(branch: Branch, side: Side | None, name: str) -> SettingsText:
    """Read the body of a request, or the answer, which has ``defaults`` or was acknowledged. Nothing fills variables in here."""
    answer = bool(branch.keys & {"defaults", "acknowledged"})
    return SettingsText(
        form=SettingsForm.ANSWER if answer else SettingsForm.REQUEST,
        side=side or Side.LOCAL,
        name=name,
        all=tuple(_settings(branch)),
        whole=branch.origin,
    )


def _settings(branch: Branch) -> Iterator[Setting]:
    outside: list[Entry] = []
    for entry in branch.entries:
        layer = SCOPES.get(entry.key)
        if layer is not None and isinstance(entry.value, Branch):
            yield from Flattening(layer).settings(entry.value)
        elif entry.key != "acknowledged":
            outside.append(entry)
    yield from Flattening(Layer.NONE).settings(Branch(tuple(outside), branch.origin))


ROW: Final = KindRow(kind=DocumentKind.SETTINGS_REQUEST, recognise=_recognise, read=_read)

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

SCOPES: Final[dict[str, Layer]] = {
    "persistent": Layer.PERSISTENT,
    "transient": Layer.TRANSIENT,
    "defaults": Layer.DEFAULTS,
}
_BROKEN: Final = re.compile(r"\"(?:persistent|transient)\"(?=\s*:)")


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None:
        found = candidate.seems(_BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    if is_body(branch):
        return f"it holds {next(key for key in SCOPES if key in branch.keys)}"
    return "it holds cluster.remote" if candidate.is_json and _holds_remotes(branch) else ""


def is_body(branch: Branch) -> bool:
    """Whether a mapping is a body or an answer: other programs have a key ``defaults`` too."""
    scopes = [one.value for one in branch.entries if one.key in SCOPES and isinstance(one.value, Branch)]
    if not scopes:
        return False
    if branch.keys <= SCOPES.keys() | {"acknowledged"} and branch.keys != {"defaults"}:
        return True
    return any(one.key.startswith("cluster.") for scope in scopes for one in Flattening(Layer.NONE).settings(scope))


def _holds_remotes(branch: Branch) -> bool:
    return any(one.key.startswith("cluster.remote.") for one in Flattening(Layer.NONE).settings(branch))


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    return _nouns(candidate, reading, None)


def read_request(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    """Read what is known to be the body of a request."""
    return _nouns(candidate, reading, SettingsForm.REQUEST)


def read_answer(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    """Read what is known to be an answer."""
    return _nouns(candidate, reading, SettingsForm.ANSWER)


def _nouns(candidate: Candidate, reading: Reading, form: SettingsForm | None) -> tuple[object, ...]:
    branch = candidate.branch
    found = problems_of(candidate, DocumentKind.SETTINGS_REQUEST)
    if branch is None:
        return found
    return (SettingsTexts(all=(settings_body(branch, reading.side, candidate.source.file, form),)), *found)


def settings_body(branch: Branch, side: Side | None, name: str, form: SettingsForm | None = None) -> SettingsText:
    """Read the body of a request, or an answer; without ``form`` its looks tell. Nothing fills variables in here."""
    return SettingsText(
        form=form or (SettingsForm.ANSWER if _seems_answered(branch) else SettingsForm.REQUEST),
        side=side or Side.LOCAL,
        name=name,
        all=tuple(_settings(branch)),
        whole=branch.origin,
    )


def _seems_answered(branch: Branch) -> bool:
    """Whether it is an answer: that has more keys, or shows an empty scope next to settings that are nested, each a text or a list."""
    if branch.keys & {"defaults", "acknowledged"}:
        return True
    scopes = [one.value for one in branch.entries if one.key in SCOPES and isinstance(one.value, Branch)]
    settings = [one for scope in scopes for one in Flattening(Layer.NONE).settings(scope) if one.values]
    nested = all(len(one.written) == one.key.count(".") + 1 and (one.quoted or one.as_list) for one in settings)
    return any(not scope.entries for scope in scopes) and bool(settings) and nested


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

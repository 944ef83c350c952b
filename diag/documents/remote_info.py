"""The answer of ``GET _remote/info``: which settings each remote has, and whether it is connected."""

from __future__ import annotations

from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.flat import Flattening
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Entry, plain
from diag.evidence.documents.connection_answers import ConnectionAnswer, ConnectionAnswers
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.settings import Layer, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.elasticsearch import connections
from diag.evidence.piece import Side
from diag.evidence.remote_settings import REMOTE_SETTINGS
from diag.evidence.terms import Reason, Step, Unavailable

_SETTINGS: Final = frozenset(one.key for one in REMOTE_SETTINGS)
_NO_RELEASE: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="the answer tells no release"
)
_NUMBERS: Final = frozenset({"num_nodes_connected", "num_proxy_sockets_connected"})


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None or not branch.entries:
        return ""
    for one in branch.entries:
        if not isinstance(one.value, Branch) or "connected" not in one.value.keys or not one.value.keys & _NUMBERS:
            return ""
    return f"it says whether {branch.entries[0].key} is connected"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    branch = candidate.branch
    if branch is None:
        return ()
    known = connections.read(plain(branch), _NO_RELEASE)
    places = {one.key: one.origin for one in branch.entries}
    answers = () if isinstance(known, Unavailable) else known.items()
    return (
        SettingsTexts(all=(_settings(branch, reading, candidate.source.file),)),
        ConnectionAnswers(
            all=tuple(ConnectionAnswer(alias=alias, info=info, origin=places[alias]) for alias, info in answers)
        ),
    )


def _settings(branch: Branch, reading: Reading, name: str) -> SettingsText:
    """The settings that the answer shows: those in force, wherever they were set."""
    remotes = tuple(
        Entry(one.key, one.origin, _shown(one.value)) for one in branch.entries if isinstance(one.value, Branch)
    )
    key = Entry("cluster.remote", branch.origin, Branch(remotes, branch.origin))
    return SettingsText(
        form=SettingsForm.ANSWER,
        side=reading.side or Side.LOCAL,
        name=name,
        all=Flattening(Layer.PERSISTENT).settings(Branch((key,), branch.origin)),
        whole=branch.origin,
    )


def _shown(remote: Branch) -> Branch:
    return Branch(tuple(one for one in remote.entries if one.key in _SETTINGS), remote.origin)


ROW: Final = KindRow(kind=DocumentKind.REMOTE_INFO, recognise=_recognise, read=_read)

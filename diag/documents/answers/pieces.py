"""The pieces of evidence that pasted answers give, read by the readers of live ones. What no answer says stays as if nobody had asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final

from diag.documents.answers.answer import PastedAnswer
from diag.documents.answers.shapes import AUTO_FOLLOW
from diag.evidence.call import Answer, Answers
from diag.evidence.catalogue import of
from diag.evidence.documents.origin import Origin
from diag.evidence.elasticsearch import api_keys, identity, nodes, replication, resolved
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, text
from diag.lazy_dataclass import dataclass
from diag.model import (
    KeyLookup,
    Nodes,
    Reason,
    Replication,
    ResolvedCluster,
    Roles,
    Step,
    Unavailable,
    Version,
)
from diag.pieces import calls_of, read_all, release

_NOT_PASTED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no document holds the answer of this call"
)
# Every cluster has this role, so that an answer without it shows some roles alone.
_ALWAYS_THERE: Final = "superuser"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswers:
    """What the answers of one group of documents say: of the local cluster, of its remotes by alias, of the one remote cluster.

    ``places`` are those of the answers, by what they tell (``place_key``).
    """

    local: Mapping[type, object] = field(default_factory=dict)
    remote: Mapping[type, object] = field(default_factory=dict)
    resolved: Mapping[str, ResolvedCluster] = field(default_factory=dict)
    release: Version | None = None
    remote_release: Version | None = None
    places: tuple[tuple[str, Origin], ...] = ()

    @property
    def aliases(self) -> frozenset[str]:
        """The remotes that the answers of the local cluster name."""
        followed = self.local.get(Replication)
        return frozenset(self.resolved) | (followed.aliases if isinstance(followed, Replication) else frozenset())

    def following(self, aliases: Collection[str]) -> GroupAnswers:
        """The same with what is replicated from these remotes alone."""
        found = self.local.get(Replication)
        if not isinstance(found, Replication):
            return self
        kept = dataclasses.replace(
            found,
            followers=tuple(one for one in found.followers if one.remote in aliases),
            auto_followed=tuple(one for one in found.auto_followed if one in aliases),
        )
        return dataclasses.replace(self, local={**self.local, Replication: kept})


def group_answers(local: Sequence[PastedAnswer], remote: Sequence[PastedAnswer]) -> GroupAnswers:
    """Read the answers of one group of documents, by whose they are."""
    sides = ((local, Subject.LOCAL), (local, Subject.LOCAL_VIEW), (remote, Subject.REMOTE))
    return GroupAnswers(
        local=_local_pieces(local),
        remote=_remote_pieces(remote),
        resolved=_resolved_in(local),
        release=_release_in(local),
        remote_release=_release_in(remote),
        places=tuple(one for pasted, subject in sides for one in _places(pasted, subject)),
    )


def _places(pasted: Sequence[PastedAnswer], subject: Subject) -> Iterator[tuple[str, Origin]]:
    """The place of each piece: of several answers that it is read from, that of the first of its calls."""
    origins = {one.call: one.origin for one in pasted}
    for piece in of(subject):
        found = next((origins[call] for call in piece.calls if call in origins), None)
        if found is not None:
            yield place_key(subject, piece), found


def place_key(subject: Subject, piece: Piece, alias: str = "") -> str:
    """How the place of an answer is called among the places of settings; with an alias, that of what it says of this remote."""
    return of_alias(f"{subject}: {piece.name}", alias) if alias else f"{subject}: {piece.name}"


def of_alias(key: str, alias: str) -> str:
    """The same place for one remote."""
    return f"{key} of {alias}"


def _answers_of(pasted: Iterable[PastedAnswer], subject: Subject) -> Answers:
    """The answers to all calls of a subject; of several to one call the last one counts."""
    known = {one.call: Answer(value=one.value) for one in pasted}
    calls = (*calls_of(subject), identity.CALL, nodes.CALL, *replication.PIECE.calls, resolved.CALL, AUTO_FOLLOW)
    return {call: known.get(call, Answer(value=_NOT_PASTED)) for call in calls}


def _release_in(pasted: Iterable[PastedAnswer]) -> Version | None:
    """The release that the answers of a cluster tell."""
    found = release(_answers_of(pasted, Subject.LOCAL))
    return found if isinstance(found, Version) else None


def _local_pieces(pasted: Sequence[PastedAnswer]) -> dict[type, object]:
    """What the answers say of the local cluster itself."""
    answers = _answers_of(pasted, Subject.LOCAL)
    found = {**_known(Subject.LOCAL, answers), Replication: _replication(answers)}
    return {noun: one for noun, one in found.items() if not isinstance(one, Unavailable)}


def _remote_pieces(pasted: Sequence[PastedAnswer]) -> dict[type, object]:
    """What the answers say of the remote cluster itself."""
    answers = _answers_of(pasted, Subject.REMOTE)
    found = {**_known(Subject.REMOTE, answers), KeyLookup: _only_key(pasted)}
    if not _shows_interfaces(answers):
        # Only GET _nodes as a whole shows which nodes have a remote cluster server: without it none would seem to have one.
        found.pop(Nodes, None)
    return {noun: one for noun, one in found.items() if not isinstance(one, Unavailable)}


def _resolved_in(pasted: Sequence[PastedAnswer]) -> Mapping[str, ResolvedCluster]:
    """What ``GET _resolve/cluster`` said, by alias."""
    found = resolved.read(_answers_of(pasted, Subject.LOCAL)[resolved.CALL])
    return {} if isinstance(found, Unavailable) else found


def _known(subject: Subject, answers: Answers) -> dict[type, object]:
    found = {noun: one for noun, one in read_all(subject, answers).items() if not isinstance(one, Unavailable)}
    some = found.get(Roles)
    if isinstance(some, Roles) and all(one.name != _ALWAYS_THERE for one in some.all):
        del found[Roles]
    if isinstance(found.get(Nodes), Nodes):
        found[Nodes] = _as_far_as_shown(found[Nodes], answers)
    return found


def _as_far_as_shown(found: object, answers: Answers) -> object:
    """Nodes whose settings were not asked for: nothing is known of them, which is not the same as that there are none."""
    assert isinstance(found, Nodes)  # noqa: S101 -- what its reader gives.
    reported = mapping(mapping(answers[nodes.CALL].value).get("nodes")).values()
    shown = [("settings" in mapping(one)) for one in reported]
    return dataclasses.replace(
        found,
        all=tuple(
            one if there else dataclasses.replace(one, remote_settings=None, security=None)
            for one, there in zip(found.all, shown, strict=True)
        ),
    )


def _shows_interfaces(answers: Answers) -> bool:
    reported = mapping(mapping(answers[nodes.CALL].value).get("nodes")).values()
    return all("transport" in mapping(one) for one in reported)


def _replication(answers: Answers) -> Replication | Unavailable:
    """What is replicated. Half of the two answers shows what runs badly, though not all that is there; a look is one look."""
    stats, info = (answers[call].value for call in replication.PIECE.calls)
    patterns = mapping(answers[AUTO_FOLLOW].value).get("patterns", [])
    if isinstance(stats, Unavailable) and isinstance(info, Unavailable) and not patterns:
        return _NOT_PASTED
    found = replication.seen_once(
        None if isinstance(stats, Unavailable) else stats, None if isinstance(info, Unavailable) else info
    )
    if isinstance(found, Unavailable):
        return found
    followed = (text(mapping(one.get("pattern")).get("remote_cluster")) for one in items(patterns))
    return dataclasses.replace(found, auto_followed=tuple(dict.fromkeys((*found.auto_followed, *followed))))


def _only_key(pasted: Sequence[PastedAnswer]) -> KeyLookup | Unavailable:
    """The key that the local cluster uses, where the remote cluster has no other one for remotes: which it is, no document tells."""
    found = [
        one for answer in pasted if answer.call is api_keys.CALL for one in api_keys.read_for_clusters(answer.value)
    ]
    in_force = [one for one in found if not one.invalidated] or found
    return KeyLookup(record=in_force[0]) if len(in_force) == 1 else _NOT_PASTED

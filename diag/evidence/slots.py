"""What a check may ask for by type, and where in the evidence of a round it stands. It follows from the evidence itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, Final, get_args

from diag.evidence.address.probe import EndpointEvidence, Probe
from diag.evidence.catalogue import of
from diag.evidence.cluster_evidence import ClusterEvidence, RemoteEvidence
from diag.evidence.piece import Key, Pieces, Subject, values_of
from diag.evidence.reads import unnoted
from diag.evidence.terms import Unavailable

Slot = type | Key


def _members(holder: type) -> Iterator[tuple[type, str]]:
    """The fields of a part of the evidence that hold one noun each, or say why it is missing."""
    for name, hint in inspect.get_annotations(holder, eval_str=True).items():
        nouns = [one for one in get_args(hint) or (hint,) if one is not Unavailable]
        if len(nouns) == 1 and isinstance(nouns[0], type) and (is_dataclass(nouns[0]) or nouns[0] is datetime):
            yield nouns[0], name


def _holders(kind: type) -> dict[str, type[Pieces]]:
    """The fields of a part of the evidence that hold pieces."""
    hints = inspect.get_annotations(kind, eval_str=True)
    return {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Pieces)}


CLUSTER: Final = dict(_members(ClusterEvidence))
REMOTE: Final = dict(_members(RemoteEvidence))
ENDPOINT: Final = dict(_members(EndpointEvidence))
PROBE: Final = dict(_members(Probe))

HOLDERS: Final[Mapping[type, Mapping[str, type[Pieces]]]] = {
    kind: _holders(kind) for kind in (ClusterEvidence, RemoteEvidence)
}


def keys(*subjects: Subject) -> frozenset[Key]:
    """The pieces of these subjects, as a check asks for them."""
    return frozenset((subject, piece.noun) for subject in subjects for piece in of(subject))


_RAW: Final[Mapping[type, Mapping[str, Callable[[Any], object]]]] = {
    kind: unnoted(kind) for kind in (ClusterEvidence, RemoteEvidence)
}
_KEYS: Final = {subject: tuple((piece.name, (subject, piece.noun)) for piece in of(subject)) for subject in Subject}


def fields(part: object, members: Mapping[type, str]) -> dict[Slot, object]:
    """The nouns that a part of the evidence holds in fields of its own. To hand them to a check is no reading."""
    raw = _RAW.get(type(part))
    if raw is not None:
        return {noun: raw[name](part) for noun, name in members.items()}
    return {noun: getattr(part, name) for noun, name in members.items()}


def pieces(holder: Pieces, subject: Subject) -> dict[Slot, object]:
    """The pieces of a holder, likewise."""
    held = values_of(holder)
    return {key: held[name] for name, key in _KEYS[subject]}

"""What a check may ask for by type, and where in the evidence of a round it stands. It follows from the evidence itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from typing import Final, get_args

from diag.evidence.address.probe import EndpointEvidence, Probe
from diag.evidence.catalogue import of
from diag.evidence.cluster_evidence import ClusterEvidence, RemoteEvidence
from diag.evidence.piece import Key, Pieces, Subject
from diag.evidence.terms import Unavailable

Slot = type | Key


def _members(holder: type) -> Iterator[tuple[type, str]]:
    """The fields of a part of the evidence that hold one noun each, or say why it is missing."""
    for name, hint in inspect.get_annotations(holder, eval_str=True).items():
        nouns = [one for one in get_args(hint) or (hint,) if one is not Unavailable]
        if len(nouns) == 1 and isinstance(nouns[0], type) and (is_dataclass(nouns[0]) or nouns[0] is datetime):
            yield nouns[0], name


CLUSTER: Final = dict(_members(ClusterEvidence))
REMOTE: Final = dict(_members(RemoteEvidence))
ENDPOINT: Final = dict(_members(EndpointEvidence))
PROBE: Final = dict(_members(Probe))


def keys(*subjects: Subject) -> frozenset[Key]:
    """The pieces of these subjects, as a check asks for them."""
    return frozenset((subject, piece.noun) for subject in subjects for piece in of(subject))


def fields(part: object, members: Mapping[type, str]) -> dict[Slot, object]:
    """The nouns that a part of the evidence holds in fields of its own."""
    return {noun: getattr(part, name) for noun, name in members.items()}


def pieces(holder: Pieces, subject: Subject) -> dict[Slot, object]:
    """The pieces of a holder."""
    return {(subject, noun): getattr(holder, name) for noun, name in holder.fields.items()}

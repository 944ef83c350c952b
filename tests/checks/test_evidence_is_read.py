"""Every piece of evidence that is gathered is read by a check: what nobody reads is not worth a call, or a fault goes unseen."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest

import checks
import diag.engine
import diag.evidence
from diag.engine import judge
from diag.evidence import slots
from diag.model import ClusterEvidence, Pieces
from tests import caselib

_READERS: Final = tuple(str(Path(str(package.__file__)).parent) for package in (checks, diag.engine, diag.evidence))

# What no check reads, and why it is there all the same.
NOT_FOR_CHECKS: Final = {
    "Certificate.pem": "the round itself builds and judges paths with it",
    "ClusterEvidence.seconds": "a metric: how long the round took",
    "Resolution.seconds": "a metric: how long a phase took",
    "Node.host": "the round dials what nodes publish by it",
    "Published.server_name": "the round dials what nodes publish with it",
    "Remote.url": "what is to be typed names it",
    "LocalCluster.url": "what is to be typed names it",
    "LocalVersion.source": "the round asks where a release comes from",
    "RemoteVersion.source": "the round and the text report ask where a release comes from",
    "ResolvedCluster.version": "the round narrows the release of the remote by it, which every check of releases reads",
    "Unavailable.cause": "what a refusal took away is read from the results of other checks, and this test gives none",
    **dict.fromkeys(
        ("SeenFrom.name", "SeenFrom.by", "SeenFrom.left_out", "SeenFrom.remotes_only"),
        "what was seen from several vantage points is put together by it, after the checks",
    ),
    "KeyTrial.seconds": "the wide report says how long it took",
    **dict.fromkeys(
        ("Origin.file", "Origin.column", "Origin.end_line", "Origin.end_column", "Origins.all"),
        "output of diag lint names the place",
    ),
    **dict.fromkeys(
        ("ConnectionAnswers.all", "ConnectionAnswer.alias", "ConnectionAnswer.info", "ConnectionAnswer.origin"),
        "the round reads it as what the local cluster says of each remote",
    ),
    **dict.fromkeys(
        (
            "ListedDeployment.name",
            "ListedDeployment.cluster_ids",
            "ListedDeployment.cloud_ids",
            "CloudDeployment.alias",
        ),
        "the round finds by it the deployment that is meant",
    ),
    **dict.fromkeys(
        ("TrafficFilter.id", "TrafficFilter.entities", "CloudDeployment.filters"),
        "the round finds by it which policies are associated with a deployment",
    ),
    "LinkedDeployment.keystore": "the round reads it as the names in the keystore",
    **dict.fromkeys(("SettingsText.whole",), "the form of a value, for checks of documents"),
}


def _types(hint: Any) -> Iterator[type]:
    """Every dataclass that is reachable from an annotation."""
    for inner in get_args(hint):
        yield from _types(inner)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint


@functools.cache
def model() -> tuple[type, ...]:
    """Every dataclass that a round's evidence is made of."""
    found: dict[type, None] = {}
    waiting: list[type] = [ClusterEvidence]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += [inner for hint in get_type_hints(one).values() for inner in _types(hint)]
    return tuple(found)


@functools.cache
def _owner(kind: type, name: str) -> str:
    """A field by the class that declares it: one that is read of the local cluster alone need not be read of the remote too."""
    return f"{next(base for base in reversed(kind.__mro__) if name in getattr(base, '__annotations__', ())).__name__}.{name}"


def fields() -> frozenset[str]:
    """Every field of the evidence."""
    return frozenset(_owner(kind, one.name) for kind in model() for one in dataclasses.fields(kind))


class _Watch:
    """Notes which fields are read by code of the checks, of the engine, or of the nouns that they ask."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: set[str] = set()
        self.on = False
        for kind in model():
            owners = {one.name: _owner(kind, one.name) for one in dataclasses.fields(kind)}
            monkeypatch.setattr(kind, "__getattribute__", self._noting(owners))
        monkeypatch.setattr(Pieces, "__getitem__", self._noting_pieces(Pieces.__getitem__))

    def _noting_pieces(self, get: Any) -> Any:
        def read(holder: Pieces, noun: type) -> Any:
            if self.on:
                self.read.add(_owner(type(holder), type(holder).fields[noun]))
            return get(holder, noun)

        return read

    def _noting(self, owners: dict[str, str]) -> Any:
        def read(evidence: object, name: str) -> Any:
            owner = owners.get(name) if self.on else None
            if owner and owner not in self.read and sys._getframe(1).f_code.co_filename.startswith(_READERS):
                self.read.add(owner)
            return object.__getattribute__(evidence, name)

        return read


def _asked_for() -> Iterator[str]:
    """The fields that hold what checks ask for by its noun: the engine hands it to them."""
    held = {noun: f"ClusterEvidence.{name}" for noun, name in slots.CLUSTER.items()}
    held |= {noun: f"RemoteEvidence.{name}" for noun, name in slots.REMOTE.items()}
    for holder in (holder for names in slots.HOLDERS.values() for holder in names.values()):
        held |= {(holder.subject, noun): f"{holder.__name__}.{name}" for noun, name in holder.fields.items()}
    for check in caselib.catalogue().checks:
        asked = check.asked_for | (check.in_documents.asked_for if check.in_documents else frozenset())
        yield from (held[slot] for slot in asked if slot in held)


def test_every_field_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check of some case, on the evidence of that case."""
    watch = _Watch(monkeypatch)
    for case in caselib.all_cases():
        evidence = case.evidence
        watch.on = True
        judge(evidence, [caselib.catalogue().find(case.check)])
        watch.on = False
    unread = fields() - watch.read - set(_asked_for())
    assert unread - set(NOT_FOR_CHECKS) == set(), "gathered, and read by no check"
    assert set(NOT_FOR_CHECKS) - unread == set(), "a check reads it, or it is gone: it is no exception any more"

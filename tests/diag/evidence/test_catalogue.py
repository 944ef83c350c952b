"""The table of pieces is whole, no two of them are one, and what is neither cluster's has room beside them."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

import diag.model
from diag import evidence
from diag.check import Scope, Yields, check
from diag.check.needs import INJECTED
from diag.evidence.catalogue import PIECES, of
from diag.evidence.piece import Piece, Pieces, Subject, holds
from diag.model import Identity, License, LocalApi, Nodes, OfLocal, OfRemote, Reason, RemoteApi, Severity, Unavailable


def test_every_piece_is_in_the_table() -> None:
    """What a module of the evidence makes stands there, once."""
    modules = pkgutil.walk_packages(evidence.__path__, "diag.evidence.")
    made = [
        one
        for module in modules
        if not module.ispkg and module.name != "diag.evidence.catalogue"
        for one in vars(importlib.import_module(module.name)).values()
        if isinstance(one, Piece)
    ]
    assert sorted(one.name for one in made) == sorted(one.name for one in PIECES)
    assert len(set(PIECES)) == len(PIECES)


@pytest.mark.parametrize("subject", Subject)
def test_no_two_pieces_of_a_subject_are_one(subject: Subject) -> None:
    """Each has a name and a noun of its own, and none is called like what a holder can do."""
    own = of(subject)
    assert len({one.name for one in own}) == len({one.noun for one in own}) == len(own)
    assert not {one.name for one in own} & set(dir(Pieces))


def test_packs_find_every_noun() -> None:
    """In the one module that they import."""
    assert {one.noun.__name__ for one in PIECES} <= set(diag.model.__all__)
    assert all(hasattr(diag.model, name) for name in diag.model.__all__)


def test_a_check_says_whose_piece_it_wants() -> None:
    """Where both clusters have one, the noun alone is refused with what to write instead; where one side has it, it is enough."""

    @check("x/sides", severity=Severity.INFO)
    def sides(local: OfLocal[License], remote: OfRemote[License] | Unavailable) -> Yields:  # noqa: ARG001 -- asks.
        return ()

    assert [need.slot for need in sides.needs] == [(Subject.LOCAL, License), (Subject.REMOTE, License)]
    assert [need.optional for need in sides.needs] == [False, True]
    assert sides.scope is Scope.REMOTE

    def neither(nodes: Nodes) -> Yields:  # noqa: ARG001 -- asks.
        return ()

    with pytest.raises(TypeError, match=r"OfLocal\[Nodes\] or OfRemote\[Nodes\]"):
        check("x/neither", severity=Severity.INFO)(neither)


def test_holders() -> None:
    """What nobody asked for says so; a piece is had and changed by its noun."""
    api = LocalApi.of(Identity(name="a", uuid="u"))
    missing = api[License]
    assert isinstance(missing, Unavailable)
    assert missing.reason is Reason.NOT_REQUESTED
    assert api.having({Identity: missing})[Identity] is missing
    assert RemoteApi.nothing(missing) == RemoteApi().having(dict.fromkeys(RemoteApi.fields, missing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A document that somebody keeps beside the clusters."""

    id: str


def test_what_is_neither_cluster_s_has_room() -> None:
    """A row in the table, and it is held, saved and read back like the others."""

    @holds(Subject.SURROUNDINGS, [Piece(name="deployment", noun=Deployment, subjects=(Subject.SURROUNDINGS,))])
    class Around(Pieces):
        """What is neither cluster's."""

    found = Around.of(Deployment(id="d1"))
    form = TypeAdapter(Around)
    assert form.validate_python(form.dump_python(found, mode="json")) == found
    assert found[Deployment] == Deployment(id="d1")
    nobody = Around()[Deployment]
    assert isinstance(nobody, Unavailable)
    assert nobody.not_configured
    assert INJECTED[Scope.CLUSTER] >= {(Subject.SURROUNDINGS, one.noun) for one in of(Subject.SURROUNDINGS)}

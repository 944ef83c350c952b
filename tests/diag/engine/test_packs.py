"""Finding packs: broken ones are contained, duplicate ids stop everything."""

from __future__ import annotations

import asyncio
import dataclasses
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from diag.check import Yields, check
from diag.engine import DuplicateCheckError, load_catalogue, packs
from diag.model import Remote, Severity


@check("mine/one", severity=Severity.INFO, tags=("house",))
def one(remote: Remote) -> Yields:  # noqa: ARG001 -- asks for it.
    """Do nothing."""
    return ()


def install(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Pretend that these packs are installed, in this order."""
    points = [SimpleNamespace(name=name, value=f"{name}:CHECKS", load=_load(value)) for name, value in values.items()]
    monkeypatch.setattr(packs, "entry_points", lambda group: points if group == packs.GROUP else [])


def _load(value: object) -> object:
    def load() -> object:
        if isinstance(value, BaseException):
            raise value
        return value

    return load


def test_a_pack_that_can_not_be_imported_is_reported_and_the_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that leaves by SystemExit."""
    install(monkeypatch, good=(one,), bad=ImportError("no module"), worse=SystemExit(3), odd=("text",), strange=7)
    catalogue = load_catalogue()
    assert [found.id for found in catalogue.checks] == ["mine/one"]
    assert sorted(pack.name for pack in catalogue.broken) == ["bad", "odd", "strange", "worse"]
    assert "ImportError: no module" in catalogue.broken[0].error
    assert catalogue.checks[0].pack == "good"


class Speechless(Exception):  # noqa: N818 -- it says what it is.
    """An error that fails when it is asked what it is."""

    def __str__(self) -> str:
        raise RuntimeError


def test_whatever_a_pack_is_it_is_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors of any kind, and checks whose metadata would break lists, manuals and formats."""
    bad: dict[str, object] = {
        "cancelled": asyncio.CancelledError(),
        "generator": GeneratorExit(),
        "speechless": Speechless(),
        "docs": (dataclasses.replace(one, docs=(1,)),),
        "docs_text": (dataclasses.replace(one, docs="https://example.org"),),
        "docs_none": (dataclasses.replace(one, docs=None),),
        "tags": (dataclasses.replace(one, tags=[1]),),
        "explains": (dataclasses.replace(one, explains=(None,)),),
        "source": (dataclasses.replace(one, source=None),),
        "severity": (dataclasses.replace(one, severity="critical"),),
        "severities": (dataclasses.replace(one, severities=(3,)),),
        "applies": (dataclasses.replace(one, applies=None),),
    }
    install(monkeypatch, good=(one,), **bad)
    catalogue = load_catalogue()
    assert [pack.name for pack in catalogue.broken] == sorted(bad)
    assert all(pack.error.startswith(f"{pack.name}:CHECKS: ") for pack in catalogue.broken)
    assert [found.id for found in catalogue.checks] == ["mine/one"]


def test_another_package_of_that_name_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something else stands in front of a pack on the path, the file says so."""
    (tmp_path / "pack_in_front.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint(name="mine", value="pack_in_front:CHECKS", group=packs.GROUP)
    monkeypatch.setattr(packs, "entry_points", lambda group: [point] if group == packs.GROUP else [])
    (broken,) = load_catalogue().broken
    assert f"(in {tmp_path / 'pack_in_front.py'})" in broken.error


def test_two_checks_of_one_id_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names both packs."""
    install(monkeypatch, alpha=(one,), beta=(one,))
    with pytest.raises(DuplicateCheckError, match="mine/one is in pack 'alpha' and again in pack 'beta'"):
        load_catalogue()


def test_the_builtin_pack_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the others by name."""
    install(monkeypatch, alpha=(one,), builtin=())
    assert load_catalogue().broken == ()


def test_checks_are_chosen_by_globs_and_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    """``only`` chooses, ``skip`` takes away."""
    install(monkeypatch, alpha=(one,))
    catalogue = load_catalogue()
    assert (catalogue.checks[0],) == catalogue.choose(only=["mine/*"])
    assert (catalogue.checks[0],) == catalogue.choose(only=["tag:house"])
    assert catalogue.choose(skip=["*/one"]) == ()
    assert catalogue.unmatched(["mine/*", "miine/*"]) == ("miine/*",)
    assert catalogue.did_you_mean("mine/on") == "did you mean mine/one?"


def test_the_installed_builtin_pack_loads() -> None:
    """The real entry point leads to the real checks."""
    catalogue = load_catalogue()
    assert catalogue.broken == ()
    assert catalogue.find("network/dns-nxdomain")
    assert isinstance(next(iter(packs.entry_points(group=packs.GROUP))), EntryPoint)

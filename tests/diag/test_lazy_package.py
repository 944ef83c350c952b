"""A package that imports its modules when a name of them is asked for."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import diag.collect
from diag import x509


@pytest.mark.parametrize("package", [x509, diag.collect])
def test_every_name_of_the_package_is_there(package: object) -> None:
    """What ``__all__`` promises is found, whichever module holds it."""
    names = vars(package)["__all__"]
    assert [name for name in names if not hasattr(package, name)] == []


def test_what_there_is_not_is_no_attribute() -> None:
    """As with any module."""
    with pytest.raises(AttributeError, match=r"module 'diag\.x509' has no attribute 'nothing'"):
        getattr(x509, "nothing")  # noqa: B009 -- mypy knows that there is none.


def test_only_the_module_of_a_name_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for a name of theirs, and a value is looked up once."""
    package = tmp_path / "waiting"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from diag.lazy_package import imported_when_asked\n"
        "__getattr__ = imported_when_asked(__name__, ('one', 'two'), ('first', 'second'))\n"
    )
    (package / "one.py").write_text("first = object()\nhidden = 1\n")
    (package / "two.py").write_text("second = object()\n")
    monkeypatch.syspath_prepend(tmp_path)
    waiting = importlib.import_module("waiting")
    assert "waiting.one" not in sys.modules
    assert waiting.first is waiting.first
    assert ("waiting.one" in sys.modules, "waiting.two" in sys.modules) == (True, False)
    assert not hasattr(waiting, "hidden")
    assert waiting.second is sys.modules["waiting.two"].second
    for name in ("waiting", "waiting.one", "waiting.two"):
        monkeypatch.delitem(sys.modules, name)

"""A package that stands for its modules, and imports each of them when a name of it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


def imported_when_asked(package: str, modules: Collection[str], names: Collection[str]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package: ``names`` are looked for in its ``modules``, in their order.

    For what is dear to import and what many commands never need: ``package.name`` imports it, ``from package import name`` at the head of a module
    does so at once. Type checkers read the same names under ``TYPE_CHECKING``. What is made raises AttributeError for what there is not.
    """

    def look_up(name: str) -> Any:  # noqa: ANN401 -- any of the names.
        for module in modules if name in names else ():
            there = vars(import_module(f"{package}.{module}"))
            if name in there:
                return vars(import_module(package)).setdefault(name, there[name])
        msg = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(msg)

    return look_up

"""Whatever names a check names one that there is."""

from __future__ import annotations

import re
from pathlib import Path

from checks import CHECKS
from diag import model
from diag.check.needs import INJECTED
from diag.model import __all__ as facade
from tests.repository.test_tree import files

ROOT = Path(__file__).parents[2]
IDS = {check.id for check in CHECKS}
GROUPS = "|".join(sorted({check.group for check in CHECKS}))
# A word of a path, a glob, a name of Python is none.
NAMED = re.compile(rf"(?<![\w/.*-])((?:{GROUPS})/[a-z0-9]+(?:-[a-z0-9]+)*)(?![\w/*-])(?!\.(?:py|yaml|md|json|trace))")
# Tests may invent checks; this page says which ids are gone.
INVENTED = ("tests/diag/", "tests/checks/", "tests/repository/", "tests/trials/", "tests/e2e/", "tests/reportlib.py")
GONE = {"docs/differences.md": {"auth/key-unusable", "license/not-included"}}


def test_every_id_is_that_of_a_check() -> None:
    """In code, sentences, documentation, rules for Prometheus and cases."""
    for path in files():
        name = str(path.relative_to(ROOT))
        if not name.startswith(INVENTED) and path.suffix in {".py", ".md", ".yml", ".yaml", ".json", ".toml"}:
            strange = set(NAMED.findall(path.read_text(errors="replace"))) - IDS - GONE.get(name, set())
            assert not strange, f"{name} names {sorted(strange)}"


def test_every_folder_of_cases_is_that_of_a_check() -> None:
    """A case beside no check would never be looked at."""
    cases = ROOT / "tests" / "cases"
    assert {str(path.parent.relative_to(cases)) for path in cases.glob("*/*/*.yaml")} <= IDS


def test_the_facade_is_complete_and_sorted() -> None:
    """``diag.model`` exports what it holds and everything that checks can ask for; constants first, then classes, then functions."""
    slots = {slot for kinds in INJECTED.values() for slot in kinds}
    nouns = {slot if isinstance(slot, type) else slot[1] for slot in slots}
    of_evidence = {noun.__name__ for noun in nouns} - {"Verdicts", "datetime"}
    held = {name for name, value in vars(model).items() if not name.startswith("_") and not _is_module(value)}
    assert of_evidence <= set(facade)
    assert held - {"annotations"} == set(facade)
    assert len(facade) == len(set(facade))
    assert list(facade) == sorted(facade, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def _is_module(value: object) -> bool:
    return type(value).__name__ == "module"

"""The table of the checks says what their modules say, and none of these is imported for it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from checks import CHECKS, TABLE, written
from diag.check import Check
from diag.check.table import WrittenInModule, table_of


def plain(check: Check) -> Check:
    """The check with the functions themselves."""
    of_documents = check.in_documents and plain(check.in_documents)
    return dataclasses.replace(check, run=check.function, in_documents=of_documents)


def test_the_table_is_that_of_the_checks() -> None:
    """What is written on a ``@check`` line stands in the table."""
    assert TABLE.read_text(encoding="utf-8") == table_of(written()), "make docs writes it anew"


@pytest.mark.parametrize(("as_written", "of_table"), list(zip(written(), CHECKS, strict=True)))
def test_a_check_of_the_table_is_the_one_that_is_written(as_written: Check, of_table: Check) -> None:
    """With all that is known of it, for remotes and for documents; the functions too, once they are asked for."""
    assert isinstance(of_table.run, WrittenInModule)
    assert plain(of_table) == as_written
    assert (of_table.arguments, of_table.required) == (as_written.arguments, as_written.required)


def test_a_module_is_imported_with_the_first_question() -> None:
    """Naming all checks imports none of them; asking for the manual of one imports that one, and what it leans on."""
    program = (
        "import sys, checks\n"
        "names = lambda: {name for name in sys.modules if name.count('.') > 1 and name.startswith('checks.')}\n"
        "before, first = names(), next(one for one in checks.CHECKS if one.id == 'license/trial')\n"
        "first.manual\n"
        "print(len(checks.CHECKS), *before, '-', *(name for name in names() if name.startswith('checks.license.') and '._' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(CHECKS)), "-", "checks.license.trial"]

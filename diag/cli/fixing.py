"""``diag lint --fix``: what has one right answer is corrected, in the files that somebody named and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from diag.cli.documents import Linted
from diag.cli.standard_streams import CannotWrite, write_file, write_out
from diag.config.regular_files import read_regular
from diag.documents.clear_secrets import secrets_of
from diag.documents.document import Document
from diag.documents.edits import Edit, difference, edited
from diag.documents.files import MAX_BYTES
from diag.redact import Redactor

_BOM = b"\xef\xbb\xbf"


def correct(linted: Linted, *, write: bool, quiet: bool) -> bool:
    """Show the difference, and make it where that is wanted; tell whether there is any. ``quiet`` keeps it off standard output."""
    changes = list(_changes(linted))
    redactor = Redactor(secrets_of(document for document, _ in changes))
    shown = redactor.text("".join(difference(document.named.name, document.text, after) for document, after in changes))
    if quiet:
        sys.stderr.write(shown)
    else:
        write_out(shown)
    if write:
        _write(changes)
    return bool(changes)


def _write(changes: Iterable[tuple[Document, str]]) -> None:
    """Write the files; those that somebody changed since they were read stay as they are. Raises CannotWrite, after the others are written."""
    changed = []
    for document, after in changes:
        path = document.named.path
        assert path is not None  # noqa: S101 -- only files are changed.
        if _is_another(path, document.named.data):
            changed.append(f"{path} changed since it was read, and stays as it is; run diag lint --fix again")
        else:
            mark = "\ufeff" if document.named.data.startswith(_BOM) else ""
            write_file(path, mark + after)
    if changed:
        raise CannotWrite("\n".join(changed))


def _is_another(path: Path, data: bytes) -> bool:
    """Whether a file is not as it was, or is none any more; one that cannot be read is left to the writing, which says why."""
    try:
        return read_regular(path, MAX_BYTES) != data
    except OSError:
        return False
    except ValueError:
        return True


def _changes(linted: Linted) -> Iterator[tuple[Document, str]]:
    """The named files that change, each with its new text."""
    found = {one.file: one.findings for one in linted.report.documents}
    for document in linted.documents:
        if document.named.path is None or not document.named.by_name:
            continue
        edits = [
            Edit(origin=one.origin, text=one.replacement)
            for one in found[document.named.name]
            if one.replacement is not None and one.ignored is None
        ]
        after = edited(document.text, edits)
        if after != document.text:
            yield document, after

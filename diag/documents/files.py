"""The files that somebody named: read within bounds, folders walked, text distinguished from what is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from diag.config.regular_files import read_regular, why
from diag.documents.answers.bundle import SUFFIX, NoBundleError, call_of, members
from diag.lazy_dataclass import dataclass

MAX_BYTES: Final = 16 * 1024 * 1024
STANDARD_INPUT: Final = "-"
# What nobody keeps documents in, and what would take long to walk through.
_LEFT_OUT: Final = frozenset({".git", ".venv", "node_modules", "__pycache__", ".terraform", ".tox", ".mypy_cache"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One file: the name that output uses, its bytes, and whether somebody named it rather than a folder that it lies in.

    ``problem`` says why it could not be read; its bytes are empty then. ``answers`` is the path of the call whose answer it is, where its
    name in a bundle of support-diagnostics says so.
    """

    name: str
    path: Path | None
    data: bytes = b""
    by_name: bool = True
    problem: str = ""
    answers: str = ""


def read_files(names: Sequence[str], stdin_name: str = "") -> Iterator[Named]:
    """Read files, and every file in folders. ``-`` is standard input, under the name ``stdin_name``."""
    for name in names:
        if name == STANDARD_INPUT:
            yield _standard_input(stdin_name or "<standard input>")
        elif _is_folder(Path(name)):
            for path in _walk(Path(name)):
                yield from _read(path, by_name=False)
        else:
            yield from _read(Path(name), by_name=True)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError, RuntimeError):  # A link to itself; reading it says why.
        return False


def _walk(folder: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _LEFT_OUT)
        yield from (Path(at) / one for one in sorted(files))


def _read(path: Path, *, by_name: bool) -> Iterator[Named]:
    """Read a file; an archive of answers is all of the answers in it."""
    try:
        if path.suffix.lower() == SUFFIX:
            for name, call, data, problem in members(path, MAX_BYTES):
                problem_text = f"it {problem}" if problem else ""
                yield Named(
                    name=f"{path}/{name}", path=None, data=data, by_name=by_name, problem=problem_text, answers=call
                )
        else:
            data = read_regular(path, MAX_BYTES)
            yield Named(name=str(path), path=path, data=data, by_name=by_name, answers=call_of(path))
    except (OSError, ValueError, NoBundleError) as error:
        problem_text = str(error) if isinstance(error, NoBundleError) else why(error)
        yield Named(name=str(path), path=path, by_name=by_name, problem=f"it {problem_text}")


def _standard_input(name: str) -> Named:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return Named(name=name, path=None, problem=f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return Named(name=name, path=None, data=data)

"""Elasticsearch's own classes as judges: a small program in Java is compiled against a release, and answers line by line."""

from __future__ import annotations

import base64
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from diag.model import Version
from tests.e2e.elastic.distribution import HERE, java_of, unpacked
from tests.patience import ENDS_WITHIN


def encoded(text: str) -> str:
    """Write a text so that it is one word of a line."""
    return base64.b64encode(text.encode()).decode()


def decoded(word: str) -> str:
    """Read such a word."""
    return base64.b64decode(word).decode()


def class_path(version: Version) -> str:
    """The libraries of a release, and those of its security module."""
    home = unpacked(version)
    return f"{home}/lib/*:{home}/modules/x-pack-core/*"


@cache
def compiled(program: str, version: Version) -> Path:
    """Compile ``<program>.java.in`` of this folder against a release; give the folder of its classes."""
    folder = Path(tempfile.mkdtemp(prefix="diag-oracle-"))
    source = folder / f"{program}.java"
    source.write_text((HERE / f"{program}.java.in").read_text())
    javac = java_of(version) / "bin" / "javac"
    options = ("-nowarn", "-proc:none", "-cp", class_path(version), "-d", str(folder))
    subprocess.run([javac, *options, source], check=True, timeout=ENDS_WITHIN)
    return folder


def ask(program: str, version: Version, questions: Sequence[str]) -> list[str]:
    """Put all questions to a program, one a line; give its answers, one a line."""
    java = java_of(version) / "bin" / "java"
    path = f"{compiled(program, version)}:{class_path(version)}"
    said = subprocess.run(
        [java, "-Xmx512m", "-Dlog4j2.disable.jmx=true", "-cp", path, program],
        input="".join(f"{one}\n" for one in questions),
        capture_output=True,
        text=True,
        check=False,
        timeout=ENDS_WITHIN,
    )
    answers = said.stdout.splitlines()
    assert len(answers) == len(questions), said.stderr[-2000:]
    return answers

"""``elasticsearch-certutil`` itself is asked about instances files: what it refuses is an error in diag's eyes, what it takes is none that says so."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from diag.model import Version
from tests.doclib import lint
from tests.e2e.elastic.distribution import java_of, unpacked
from tests.patience import ENDS_WITHIN
from tests.trials.test_instances_files import CORPUS, ENTRIES

REFUSED = "makes no certificate at all"
CORE = ("badip.yml", "dup.yml", "num.yml", "plain.yml", "toplist.yml", "twodocs.yml", "umlaut.yml", "unknownkey.yml")
MUTATIONS = 40
_PIECES = (
    "-",
    ":",
    " ",
    "\n",
    '"',
    "a",
    "1",
    "~",
    "{}",
    "[]",
    "[1]",
    "name: b",
    "cn: c",
    "ip: ::1",
    "dns: d.example",
    "é",
    "=",
    ",",
    "/",
    ".",
)


def is_refused(version: Version, text: bytes, folder: Path) -> bool:
    """Run certutil on a file: whether it ends with an error."""
    file = folder / "instances.yml"
    file.write_bytes(text)
    made = subprocess.run(
        [
            unpacked(version) / "bin" / "elasticsearch-certutil",
            *("cert", "--pem", "--self-signed", "--silent", "--in", file, "--out", folder / "made.zip"),
        ],
        env={**os.environ, "ES_JAVA_HOME": str(java_of(version))},
        capture_output=True,
        timeout=ENDS_WITHIN,
        check=False,
    )
    (folder / "made.zip").unlink(missing_ok=True)
    return made.returncode != 0


def says_refused(text: bytes, folder: Path) -> bool:
    """What diag says of the same file."""
    file = folder / "instances.yml"
    file.write_bytes(text)
    found = lint(f"instances-file:{file}").findings
    return any(one.check == "trust/instances-file" and REFUSED in one.message for one in found)


@pytest.mark.parametrize(
    "name",
    [
        *CORE,
        *(
            pytest.param(path.name, marks=pytest.mark.full)
            for path in sorted(CORPUS.glob("*.*ml"))
            if path.name not in CORE
        ),
    ],
)
def test_the_corpus(name: str, tmp_path: Path) -> None:
    """The files of the trials."""
    text = (CORPUS / name).read_bytes()
    assert says_refused(text, tmp_path) is is_refused(Version(8, 19, 0), text, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("release", ["8.19.0", "9.2.0"])
def test_entries(release: str, tmp_path: Path) -> None:
    """Every entry of the table, and the same with pieces put in by chance."""
    chance = random.Random(release)  # noqa: S311 -- no secret.
    texts = [f"instances:\n  - {{{entry}}}\n".encode() for entry in ENTRIES]
    for _ in range(MUTATIONS):
        text = chance.choice(
            [*texts, (CORPUS / "plain.yml").read_bytes(), (CORPUS / "cn-list.yml").read_bytes()]
        ).decode()
        at = chance.randrange(len(text))
        texts.append((text[:at] + chance.choice(_PIECES) + text[at + chance.randrange(3) :]).encode())
    version = Version.parse(release)
    wrong = [text for text in texts if says_refused(text, tmp_path) is not is_refused(version, text, tmp_path)]
    assert wrong == []

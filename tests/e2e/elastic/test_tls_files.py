"""Elasticsearch's own classes are asked about files of certificates, keys and key stores, and agree with what diag says of them."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from diag.model import Version
from diag.x509 import read_ca_file, read_key_store, read_trust_store
from diag.x509.keyfiles import read_private_key
from tests.diag.test_tls_files import FILES, PASSPHRASE, STORES
from tests.e2e.elastic.distribution import HERE, java_of, unpacked
from tests.patience import ENDS_WITHIN

RELEASES = ("8.19.0", "9.2.0")
MUTATIONS = 600
# What Elasticsearch loads and no TLS connection can be made with: diag refuses it, and says that this is why.
LOADS_IN_VAIN = "with which Java makes no TLS connection"


@dataclass(frozen=True)
class Form:
    """One file that is asked about: what it is to be (certificates, key, store), where it is, its password."""

    what: str
    path: Path
    password: str = ""


def corpus() -> list[Form]:
    """The files of the unit tests."""
    found = [
        Form("certificates", path)
        for folder in ("trusted", "presented")
        for path in sorted((FILES / folder).iterdir())
        if path.suffix not in {".txt", ".key"}
    ]
    found += [Form("key", path, PASSPHRASE) for path in sorted((FILES / "keys").iterdir()) if path.suffix != ".txt"]
    found += [
        Form("store", FILES / "stores" / name, password)
        for name, (right, *_) in STORES.items()
        for password in (right, "another")
    ]
    return found


Change = Callable[[random.Random, list[bytes]], list[bytes]]


def _somewhere(piece: bytes) -> Change:
    def change(rng: random.Random, lines: list[bytes]) -> list[bytes]:
        at = rng.randrange(len(lines) + 1)
        return [*lines[:at], piece, *lines[at:]]

    return change


def _in_a_line(edit: Callable[[random.Random, bytes], bytes]) -> Change:
    def change(rng: random.Random, lines: list[bytes]) -> list[bytes]:
        # Mostly the lines that matter: those with dashes.
        marked = [i for i, line in enumerate(lines) if line.startswith(b"-----")]
        at = rng.choice(marked) if marked and rng.random() < 0.7 else rng.randrange(len(lines))
        return [*lines[:at], edit(rng, lines[at]), *lines[at + 1 :]]

    return change


CHANGES: tuple[Change, ...] = (
    *(
        _somewhere(piece)
        for piece in (b"\n", b" \n", b"\t\n", b"# a comment\n", b"0 begins so\n", b"-----\n", b"---- x ----\n")
    ),
    *(
        _somewhere(piece)
        for piece in (b"a: b\n", b"\xef\xbb\xbf", b"\x00", b"\xc3\xa9\n", b"-", b"- a\n", b"\r", b"=\n")
    ),
    _in_a_line(lambda _, line: b" " + line),
    _in_a_line(lambda _, line: line.rstrip(b"\n") + b" \n"),
    _in_a_line(lambda _, line: line.rstrip(b"\n") + b"\t\n"),
    _in_a_line(lambda _, line: line.rstrip(b"\n")),
    _in_a_line(lambda _, line: line.rstrip(b"\n") + b"\r\n"),
    _in_a_line(lambda _, line: line.rstrip(b"\n") + b"\r"),
    _in_a_line(lambda _, line: line.lower()),
    _in_a_line(lambda _, line: line.replace(b"-----", b"------", 1)),
    _in_a_line(lambda _, line: line.replace(b"-----", b"----", 1)),
    _in_a_line(lambda _, line: line[: len(line) // 2] + b"\n" + line[len(line) // 2 :]),
    _in_a_line(lambda _, line: line[: len(line) // 2] + b" " + line[len(line) // 2 :]),
    _in_a_line(lambda _rng, _line: b""),
    _in_a_line(lambda _, line: line + line),
    lambda rng, lines: lines[: rng.randrange(1, len(lines) + 1)],
    lambda rng, lines: [b"".join(lines)[: rng.randrange(1, sum(map(len, lines)))]],
    lambda _, lines: [line.replace(b"\n", b"\r\n") for line in lines],
    lambda _, lines: [line.replace(b"\n", b"\r") for line in lines],
    lambda _, lines: [line.replace(b"CERTIFICATE", b"X509 CERTIFICATE") for line in lines],
    lambda _, lines: lines + lines,
)


def mutations(folder: Path) -> Iterator[Form]:
    """Changed files, always the same ones: one to three changes of a good file."""
    rng = random.Random(13)  # noqa: S311 -- the same changes in each run.
    good = [("certificates", FILES / "trusted" / name) for name in ("plain.pem", "two.pem", "comments.pem", "p7.pem")]
    good += [
        ("key", FILES / "keys" / name)
        for name in (
            "key-pkcs8.pem",
            "key-pkcs1.pem",
            "ec-prime256v1-params.pem",
            "key-pkcs1-enc.pem",
            "key-pkcs8-enc.pem",
        )
    ]
    for number in range(MUTATIONS):
        what, path = rng.choice(good)
        lines = path.read_bytes().splitlines(keepends=True)
        for _ in range(rng.choice((1, 1, 2, 3))):
            lines = rng.choice(CHANGES)(rng, lines or [b"\n"])
        target = folder / f"{number:04}-{path.name}"
        target.write_bytes(b"".join(lines))
        yield Form(what, target, PASSPHRASE if what == "key" else "")


def answers(release: Version, forms: list[Form], folder: Path) -> list[str]:
    """Let the classes of a release read each file, on the JDK that it runs on."""
    home, java = unpacked(release), java_of(release) / "bin"
    classes = f"{home}/modules/x-pack-core/*:{home}/lib/*"
    options = ("-nowarn", "-proc:none", "-cp", classes, "-d", str(folder))
    subprocess.run([java / "javac", *options, HERE / "SslFiles.java"], check=True, timeout=ENDS_WITHIN)
    asked = "".join(f"{form.what}\t{form.path}\t{form.password}\n" for form in forms)
    command = (java / "java", "-XX:TieredStopAtLevel=1", "-cp", f"{folder}:{classes}", "SslFiles")
    said = subprocess.run(
        command, input=asked, capture_output=True, text=True, check=True, timeout=ENDS_WITHIN
    ).stdout.splitlines()
    assert len(said) == len(forms)
    return said


def ours(form: Form, release: Version) -> tuple[str, str]:
    """Say what diag finds, in the words of the Java program, and its reason."""
    data = form.path.read_bytes()
    if form.what == "certificates":
        found = read_ca_file(form.path.name, data)
        of_this_java = found.older_java if release.major < 9 else found.newer_java
        few = of_this_java.startswith("it takes ")
        if (found.problem or of_this_java) and not few:
            return "refused", found.problem or of_this_java
        return f"read {of_this_java.split()[2] if few else len(found.certificates)}", ""
    if form.what == "key":
        key = read_private_key(data, form.password.encode())
        return ("refused", key.problem) if key.problem else ("read", "")
    trust, (identity, own) = (
        read_trust_store(form.path.name, data, form.password),
        read_key_store(form.path.name, data, form.password),
    )
    if trust.locked or identity.locked:
        return "refused", trust.problem
    keys = int(own is not None and own.pem != b"")
    return f"read {len(trust.certificates)} trusted {keys} keys", ""


def _agree(theirs: str, mine: str) -> bool:
    return theirs.split(" <- ", maxsplit=1)[0].strip() == mine or (mine == "read" and theirs.startswith("read"))


@pytest.mark.parametrize("name", RELEASES)
def test_elasticsearch_says_the_same(name: str, tmp_path: Path, record: Callable[[str], None]) -> None:
    """What diag passes, Elasticsearch loads; what it refuses, Elasticsearch refuses, or the reason stands in LOADS_IN_VAIN."""
    release = Version.parse(name)
    (tmp_path / "changed").mkdir()
    forms = [*corpus(), *mutations(tmp_path / "changed")]
    agreed, explained, wrong = 0, list[str](), list[str]()
    for form, theirs in zip(forms, answers(release, forms, tmp_path), strict=True):
        mine, reason = ours(form, release)
        if _agree(theirs, mine):
            agreed += 1
        elif LOADS_IN_VAIN in reason:
            explained.append(form.path.name)
        else:
            wrong.append(f"{form.what} {form.path.name}: Elasticsearch {theirs}; diag {mine} {reason}")
    record(
        f"files on {name}: asked {len(forms)}, agreed {agreed}, disagreed {len(wrong)}, loaded by Elasticsearch in vain {len(explained)}: {', '.join(explained) or 'none'}"
    )
    assert not wrong, "\n".join(wrong)

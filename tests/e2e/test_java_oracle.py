"""The JDK's own TLS client is asked about hundreds of servers, and diag has to say the same of each: taken, or refused."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.chains import all_forms
from tests.e2e.oracle import Said, diag_says, java_says, serving, write_trusted

_ECDHE: Final = [
    f"TLS_ECDHE_{kind}_WITH_{cipher}"
    for cipher in (
        *("AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "CHACHA20_POLY1305_SHA256", "AES_256_CBC_SHA384"),
        *("AES_128_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA"),
    )
    for kind in ("ECDSA", "RSA")
]
_RSA: Final = [
    f"TLS_RSA_WITH_{cipher}"
    for cipher in (
        *("AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "AES_256_CBC_SHA256"),
        *("AES_128_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA"),
    )
]
# What Elasticsearch offers by default (cipher_suites of its TLS settings); the JDK of newer releases drops the last ones itself.
SUITES: Final = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", *_ECDHE, *_RSA]

_OLD_WILDCARD = "JDK 17 takes a wildcard outside the first label, newer ones do not: diag says what newer ones say"
_OLD_PARSER = "JDK 17 passes over what it cannot parse there, newer ones refuse it: diag says what newer ones say"
_NO_CA = "of two trusted certificates of one name and key Java takes the first it meets, and one is no CA: diag says what it may say"
# Where diag and a JDK differ, and why: by id of the form, then the releases of the JDK (None: all).
DIFFERENCES: Final[dict[str, tuple[str, int | None]]] = {
    "name *.*.org asked logs.example.org": (_OLD_WILDCARD, 17),
    "name *.*.example.org asked a.logs.example.org": (_OLD_WILDCARD, 17),
    "name logs.*.org asked logs.example.org": (_OLD_WILDCARD, 17),
    "name logs.ex*.org asked logs.example.org": (_OLD_WILDCARD, 17),
    "name: address of three bytes": (_OLD_PARSER, 17),
    "leaf: malformed extended key usage": (_OLD_PARSER, 17),
    "constraints: IP excluded, all of IPv4, leaf IPv6": (
        "JDK 17 takes an IPv6 address for one inside all of IPv4; newer ones do not",
        17,
    ),
    "key of the root: DSA 2048": ("JDK 17 still takes a DSA CA, newer ones do not: diag says what newer ones say", 17),
    "version 2 leaf": ("no certificate of version 2 can be read: diag says unknown, not ok", None),
    "two intermediates: no CA trusted, not first": (_NO_CA, None),
}
# The releases of Elasticsearch that run on each JDK: what diag is told about the local cluster.
RELEASES: Final = {17: "8.15.3"}
_NEWER: Final = "9.2.0"


def jdks() -> dict[int, str]:
    """Find the JDKs of this machine that Elasticsearch runs on: 17, and the newest one from 21 on."""
    found: dict[int, str] = {}
    for java in sorted(Path("/usr/lib/jvm").glob("*/bin/java")):
        told = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', told)
        if version and java.with_name("javac").exists():
            found.setdefault(int(version[1]), str(java))
    newest = max((number for number in found if number >= 21), default=0)
    return {number: java for number, java in found.items() if number in {17, newest}}


# Certificates that the library behind the newer call cannot read can be served by the older one alone.
@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")
def test_diag_says_what_java_says(tmp_path: Path, record: Callable[[str], None]) -> None:
    """Each form is served, and both are asked; differences are listed with their reason."""
    found = jdks()
    assert 17 in found
    forms = all_forms()
    trusted = write_trusted(forms, tmp_path)
    strange: list[str] = []
    with serving(forms) as (served, ports):
        assert len(served) > 500
        for number, java in sorted(found.items()):
            theirs = java_says(java, SUITES, served, ports, trusted)
            ours = diag_says(served, ports, trusted, tmp_path, RELEASES.get(number, _NEWER))
            told = _differences(number, theirs, ours)
            known = {one for one, (_, only) in DIFFERENCES.items() if only in {number, None}}
            counts = f"JDK {number}: asked {len(served)}, agreed {len(served) - len(told)}, disagreed {len(told)}"
            record("\n  ".join((counts, *(f"known: {one}: {DIFFERENCES[one][0]}" for one in told if one in known))))
            strange += [f"JDK {number}: {one}: {text}" for one, text in told.items() if one not in known]
    assert not strange, "\n".join(strange)


def _differences(number: int, theirs: dict[str, Said], ours: dict[str, Said]) -> dict[str, str]:
    assert theirs.keys() == ours.keys(), number
    return {
        one: f"Java {said.taken} ({said.why[-200:]}), diag {ours[one].taken} ({ours[one].why[:300]})"
        for one, said in theirs.items()
        if said.taken != ours[one].taken
    }

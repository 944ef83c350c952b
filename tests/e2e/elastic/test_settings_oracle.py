"""Keys and values of settings, judged by the classes of Elasticsearch that register them: what it refuses diag refuses, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from checks.tables.settings import ALIAS, SETTINGS, Form, KnownSetting
from diag.model import Severity, Version
from tests.doclib import lint
from tests.e2e.elastic.oracle import ask, encoded

RELEASES: Final = ("8.19.0", "9.2.0")
BODIES: Final = Path(__file__).parents[2] / "trials" / "document-cases" / "11-settings-bodies"
# The checks that say that a document is refused.
REFUSING: Final = frozenset(
    {
        "config/unknown-setting",
        "config/file-values",
        "config/leftover-settings",
        "config/mode-missing-for-proxy",
        "config/same-key-twice",
        "config/document-syntax",
        "config/address-no-port",
        "trust/x509-fields",
    }
)
_VALUES: Final = {
    Form.FLAG: ("true", "false", "True", "yes", "1", ""),
    Form.TIME: ("30s", "30", "5M", "5 m", "-1", "0", "1.5h", "-5s", "5MS", "5min"),
    Form.SIZE: ("64kb", "64", "64 KB", "1.5mb", "many"),
    Form.NUMBER: ("0", "1", "-1", "-2", "3.5", "300", "301", "65535", "65536", "+3", " 3", "many"),
    Form.WORD: (
        "none",
        "FULL",
        "certificate",
        "proxy",
        "Sniff",
        "true",
        "indexing_data",
        "lz4",
        "ZSTD",
        "required",
        " full",
        "",
    ),
    Form.ANY: ("value",),
    Form.TEXT: ("value",),
}
# What belongs to a remote of each mode, so that a setting of it is judged by its own value.
_REMOTE_OF: Final = {
    "proxy_socket_connections": {"mode": "proxy", "proxy_address": "h:9300"},
    "server_name": {"mode": "proxy", "proxy_address": "h:9300"},
    "proxy_address": {"mode": "proxy"},
}
_ADDRESSES: Final = frozenset({"seeds", "proxy_address", "proxy"})


@dataclass(frozen=True)
class Question:
    """One document: a file with its lines, or the settings of a request."""

    form: str
    settings: tuple[tuple[str, str | None], ...]

    @property
    def text(self) -> str:
        """As a node reads it, and as the API does."""
        if self.form == "file":
            return "".join(f"{key}: {json.dumps(value)}\n" for key, value in self.settings)
        return json.dumps(dict(self.settings))

    def verdict(self, folder: Path, release: str) -> tuple[str, ...]:
        """The checks that say that it is refused."""
        file = folder / ("elasticsearch.yml" if self.form == "file" else "body.json")
        file.write_text(self.text if self.form == "file" else json.dumps({"persistent": dict(self.settings)}))
        found = lint(file, version=release).findings
        return tuple(one.check for one in found if one.check in REFUSING and one.severity.rank >= Severity.ERROR.rank)


def _with_remote(known: KnownSetting, value: str) -> tuple[tuple[str, str | None], ...]:
    key = known.key.replace(ALIAS, "a")
    if ALIAS not in known.key:
        return ((key, value),)
    name = known.key.partition(f"{ALIAS}.")[2]
    beside = _REMOTE_OF.get(name, {"seeds": "h:9300"})
    if name == "mode" and value.lower() == "proxy":
        beside = {"proxy_address": "h:9300"}
    return (*((f"cluster.remote.a.{other}", text) for other, text in beside.items() if other != name), (key, value))


def questions() -> Iterator[Question]:
    """Every setting of the table with good and bad values, and what is near to it."""
    for known in SETTINGS:
        name = known.key.rpartition(".")[2]
        values = ("h:9300", "h") if name in _ADDRESSES else _VALUES[known.form]
        if name == "x509_fields":
            values = ("subjectAltName.dnsName", "subjectAltName.DNS")
        for value in values:
            for form in ("file", "request"):
                yield Question(form, _with_remote(known, value))
        yield Question("request", ((known.key.replace(ALIAS, "a"), None),))
        yield Question("file", ((f"{known.key.replace(ALIAS, 'a')}x", "1"),))
    for name in ("skip_unavailable", "transport.ping_schedule", "mode", "server_name", "node_connections", "proxy"):
        value = {"skip_unavailable": "true", "transport.ping_schedule": "5s", "node_connections": "3", "proxy": "h:1"}
        for form in ("file", "request"):
            yield Question(form, ((f"cluster.remote.a.{name}", value.get(name, "proxy")),))
    for key in (
        "cluster.remote.a",
        "cluster.remote.a.*",
        "cluster.remote.*",
        "cluster.remote.a.b",
        "search.remote.a.seeds",
    ):
        yield Question("request", ((key, None),))


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_refused_is_refused(release: str, tmp_path: Path) -> None:
    """Neither side knows better."""
    every = list(dict.fromkeys(questions()))
    answers = ask("SettingsOracle", Version.parse(release), [f"{one.form} {encoded(one.text)}" for one in every])
    wrong, counted = [], Counter[str]()
    for question, answer in zip(every, answers, strict=True):
        said = question.verdict(tmp_path, release)
        counted[f"{question.form} {'taken' if answer == 'ok' else 'refused'}"] += 1
        if bool(said) is (answer == "ok"):
            wrong.append((question.text, answer[:200], said))
    print(f"{release}: {len(every)} documents, {dict(counted)}, {len(wrong)} disagreements")  # noqa: T201 -- the count is asked for.
    assert wrong == []
    assert len(every) > 150

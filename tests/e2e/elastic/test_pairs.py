"""Real pairs of Elasticsearch: healthy by its word and ok by ours, then broken in every way that we know, one after the other."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from diag.model import Version
from tests.e2e.conftest import free_port
from tests.e2e.elastic.blackbox import Blackbox, exporter
from tests.e2e.elastic.breakages import BREAKAGES, Breakage
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME, Pair, running
from tests.patience import again

FULL = pytest.mark.full
PAIRS = (
    "6.8.23",
    pytest.param("7.17.28", marks=FULL),
    "8.19.0",
    "9.2.0",
    pytest.param("9.5.2", marks=FULL),
    pytest.param("8.19.0 9.2.0", marks=FULL),
)
TABLE = Path(__file__).parents[3] / "docs" / "breakages.md"
HEALTHY = {API_KEY: "healthy_key", CERTIFICATE: "healthy_cert"}


@contextlib.contextmanager
def mute(*, closing: bool) -> Iterator[int]:
    """A port that accepts and says nothing, or closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    sock, _ = server.accept()
                    if closing:
                        sock.close()
                    else:
                        kept.append(sock)

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            for sock in kept:
                sock.close()


def credentials() -> dict[str, str]:
    """The entries that the local keystore needs from the start, for all breakages at once."""
    entries = {b.entry or b.alias(API_KEY): b.key for b in BREAKAGES if API_KEY in b.models and b.key}
    return {HEALTHY[API_KEY]: "good", **entries}


class Bench:
    """A pair with everything that its breakages need."""

    def __init__(self, pair: Pair, ports: Mapping[str, int], blackbox: Blackbox) -> None:
        self.pair = pair
        self.ports = ports
        self.blackbox = blackbox
        self.wrong: list[str] = []
        self.rows: dict[str, tuple[str, str, str, str]] = {}

    def settings(self, model: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The healthy settings of a model with changes over them."""
        main = self.pair.remote.server if model == API_KEY else self.pair.remote.transport
        modern = self.pair.local.version >= Version(7, 7, 0)
        healthy = {"mode": "proxy", "proxy_address": f"{NAME}:{main}", "server_name": NAME, "skip_unavailable": False}
        settings = {key: value for key, value in (healthy | dict(changes)).items() if value is not None}
        for key, value in settings.items():
            if isinstance(value, str):
                settings[key] = value.format(main=main, **self.ports)
            elif isinstance(value, list):
                settings[key] = [seed.format(main=main, **self.ports) for seed in value]
        if not modern:
            return {"seeds": [settings["proxy_address"]], "skip_unavailable": False}
        return settings

    def healthy(self, model: str) -> None:
        """Elasticsearch connects, diag says ok, and finds nothing that is worse than information."""
        alias, settings = HEALTHY[model], self.settings(model, {})
        assert self.pair.register(alias, settings) == ""
        self.pair.connect(alias)
        verdict = self.pair.diagnose(alias, model, settings, **_credential("good", model))
        worse = {check for check, severity in verdict.failing.items() if severity != "info"}
        # Since 9.0 Elasticsearch itself calls the certificate model deprecated: that warning is no false alarm.
        deprecated = model == CERTIFICATE and self.pair.local.version.major >= 9
        expected = ("warn", {"version/cert-model-deprecated"}) if deprecated else ("ok", set())
        if self.pair.local.version < Version(7, 7, 0):
            # There is mode sniff only: the connections go to what the nodes publish, and nobody was asked for that here.
            expected = ("unknown", set())
        if (verdict.status, worse) != expected:
            self.wrong.append(f"healthy ({model}): {verdict}")

    def broken(self, breakage: Breakage, model: str) -> None:
        """Elasticsearch does not connect, diag is not ok, and names what was broken."""
        alias, settings = breakage.alias(model), self.settings(model, breakage.settings)
        with self._presented(breakage, model):
            if breakage.earlier is not None:
                self._connect(alias, self.settings(model, breakage.earlier))
            said = self.pair.register(alias, settings)
            # A search waits for the attempt to connect: after it the answer is final, but for one that may still come.
            refused, said = bool(said), said or self.pair.search(alias) or "connects"
            if breakage.connects and not refused:
                self.pair.connect(alias)
            connected = not refused and self.pair.connected(alias)
            # Only of who is silent it is the limit that is waited for.
            limit = {"handshake": "5s"} if breakage.name == "silent" else {}
            more = {**_credential(breakage.key, model), **limit}
            verdict = again(lambda: self.pair.diagnose(alias, model, settings, **more), breakage.is_named_by)
            theirs = self.blackbox.says(model, settings)
            self.pair.forget(alias, settings)
        as_expected = breakage.connects is None or connected is breakage.connects
        for_now = breakage.connects is False or any("for now" in said for said in verdict.summaries.values())
        if not (as_expected and for_now and breakage.is_named_by(verdict)):
            self.wrong.append(f"{breakage.name} ({model}): connected {connected}, {verdict}")
        cause = verdict.causes[0] if verdict.causes else verdict.status
        row = (self._plain(said), self._plain(theirs), cause, self._plain(verdict.summary))
        self.rows[f"{breakage.description} ({_MODELS[model]})"] = row

    def _connect(self, alias: str, settings: Mapping[str, Any]) -> None:
        """Register a remote with what works, and wait until it is connected."""
        said = self.pair.register(alias, settings)
        assert not said, said
        self.pair.connect(alias)

    @contextlib.contextmanager
    def _presented(self, breakage: Breakage, model: str) -> Iterator[None]:
        """Exchange the certificates for the time of a breakage."""
        pair, made = self.pair, self.pair.authorities
        if breakage.before is not None:
            breakage.before(pair)
        interface = "server" if model == API_KEY else "transport"
        if breakage.presented is not None:
            pair.present(interface, breakage.presented(made))
        if breakage.own is not None:
            pair.present_to_remote(breakage.own(made))
        yield
        if breakage.presented is not None:
            healthy = pair.remote.identities[interface]
            pair.present(interface, healthy)
        if breakage.own is not None:
            pair.present_to_remote(pair.local.identities["transport"])

    def _plain(self, text: str) -> str:
        """Take out what is another at each run."""
        for name, port in {"main": self.pair.remote.server, **self.ports}.items():
            text = text.replace(str(port), f"<{name}>")
        text = re.sub(r" on [\d.]+:53\b", "", text.replace(f"{self.pair.folder}/", ""))
        return re.sub(r"\b[A-Za-z0-9_-]{20}\b", "<id>", text)[:300].replace("|", "\\|").replace("\n", " ")


_MODELS = {API_KEY: "API key", CERTIFICATE: "certificates"}


def _credential(key: str, model: str) -> dict[str, Any]:
    return {"credential": {"file": f"{key}.key"}} if key and model == API_KEY else {}


def models_of(pair: Pair) -> tuple[str, ...]:
    """The security models that both clusters have."""
    return (CERTIFICATE, API_KEY) if pair.local.has_server and pair.remote.has_server else (CERTIFICATE,)


def possible(breakage: Breakage, model: str, pair: Pair) -> bool:
    """Tell whether a breakage can be made: 6.8 has neither proxy mode nor a check of its settings' form."""
    if model not in breakage.models or model not in models_of(pair):
        return False
    if "{server}" in str(breakage.settings):
        return pair.remote.has_server
    return pair.local.version.major >= 7 or breakage.name not in {
        "mode",
        "scheme",
        "no_port",
        "other_scope",
        "no_other_name",
        "sniff",
        "fallback",
    }


@pytest.mark.parametrize("releases", PAIRS)
def test_a_pair(releases: str, record: Callable[[str], None]) -> None:
    """Healthy in each model, then broken in each way; all that is wrong is told at once."""
    near, _, far = releases.partition(" ")
    local, remote = Version.parse(near), Version.parse(far or near)
    with contextlib.ExitStack() as stack:
        pair = stack.enter_context(running(local, remote, credentials(), ("plain",)))
        ports = {
            "silent": stack.enter_context(mute(closing=False)),
            "closing": stack.enter_context(mute(closing=True)),
            "free": free_port(),
            "http": pair.local.http,
            "https": pair.remote.http,
            "transport": pair.remote.transport,
            "server": pair.remote.server,
            "off": pair.local.server,
            "plain_transport": pair.beside["plain"].transport,
            "plain_server": pair.beside["plain"].server,
        }
        names = {str(b.settings["server_name"]) for b in BREAKAGES if b.settings.get("server_name")}
        bench = Bench(pair, ports, stack.enter_context(exporter(pair, names)))
        for model in models_of(pair):
            bench.healthy(model)
        memory = sum(node.memory() for node in (pair.local, pair.remote, *pair.beside.values()))
        for breakage in BREAKAGES:
            for model in models_of(pair):
                if possible(breakage, model, pair):
                    bench.broken(breakage, model)
    record(f"{releases}: {len(bench.rows)} breakages, {memory} MiB")
    if os.environ.get("WRITE_BREAKAGES"):
        write(releases, bench.rows)
    assert not bench.wrong, "\n".join(bench.wrong)


def write(releases: str, rows: Mapping[str, tuple[str, str, str, str]]) -> None:
    """Put the table of a pair in the place of the one before."""
    title = f"## {releases.replace(' ', ' → ')}"
    head = "# How remotes break, and who says what\n\nMade by `WRITE_BREAKAGES=1 make e2e` on real nodes.\n"
    text = TABLE.read_text() if TABLE.exists() else head
    sections = {part.partition("\n")[0]: part for part in re.split(r"\n(?=## )", text)}
    lines = [
        title,
        "",
        "| broken | Elasticsearch says | blackbox_exporter says | diag says | |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {description} | {said} | {up} | `{cause}` | {text} |"
        for description, (said, up, cause, text) in rows.items()
    ]
    sections[title] = "\n".join(lines) + "\n"
    TABLE.write_text("\n".join(sections.values()))

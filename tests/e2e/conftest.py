"""Start servers that are not ours, and ask diag what it thinks of them."""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate

from tests.patience import ENDS_WITHIN, until
from tests.pki import CA, Issued, new_ca

NAME = "remote.lab.internal"
HERE = Path(__file__).parent
# What diag says of a peer that took its time: on a busy machine that is true of healthy ones, and no fault of theirs.
SLOW = frozenset({"tls/handshake-timeout"})
LOWEST_PORT = 12_000  # What services usually listen at is below, but for a few.
_given: set[int] = set()


def program(name: str) -> str:
    """Find a program. A missing one fails the test: this stage does not skip."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/lib/jvm/default-java/bin")
    assert found, f"{name} is not installed; .ci/run installs it"
    return found


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what changes a server for good after all other tests that share that server: the order is shuffled otherwise."""
    first: dict[tuple[str, str], int] = {}
    for place, item in enumerate(items):
        first.setdefault(_server_of(item), place)
    items.sort(key=lambda item: (first[_server_of(item)], item.get_closest_marker("irreversible") is not None))


def _server_of(item: pytest.Item) -> tuple[str, str]:
    """Name what tests share: one server for each parameter, of a module or (the fixture ``asked``) of several."""
    callspec = getattr(item, "callspec", None)
    if "asked" in getattr(item, "fixturenames", ()):
        return "asked", str(callspec.params["asked"] if callspec is not None else "")
    return str(item.path), getattr(callspec, "id", "")


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a line for the end of the run, where those of tests that pass are printed too."""
    return lambda line: request.node.user_properties.append(("recorded", line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have recorded: counts of what was asked, and what differs for a known reason."""
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome)]
    lines = [line for one in reports if one.when == "call" for name, line in one.user_properties if name == "recorded"]
    if lines:
        terminalreporter.section("recorded")
        terminalreporter.write("".join(f"{line}\n" for line in lines))


@dataclass(frozen=True)
class World:
    """The certificates of a test, and where they are written."""

    folder: Path
    server_ca: CA
    client_ca: CA
    other_ca: CA

    def file(self, name: str, content: bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def keystore(self, name: str, issued: Issued) -> Path:
        """Write a PKCS#12 store for Java."""
        own: Any = issued.key
        chain = list(issued.issuers)
        data = pkcs12.serialize_key_and_certificates(
            b"own", own, issued.certificate, chain, BestAvailableEncryption(b"changeit")
        )
        return self.file(name, data)

    def truststore(self, name: str, ca: CA) -> Path:
        """Write a PKCS#12 trust store for Java."""
        data = pkcs12.serialize_java_truststore(
            [PKCS12Certificate(ca.certificate, b"ca")], BestAvailableEncryption(b"changeit")
        )
        return self.file(name, data)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make the authorities and write their certificates."""
    made = World(tmp_path, new_ca("Server CA"), new_ca("Client CA"), new_ca("Other CA"))
    made.file("server-ca.pem", made.server_ca.pem)
    made.file("client-ca.pem", made.client_ca.pem)
    made.client_ca.leaf("node1", other_names=("node1.node.a.cluster.b.account",)).write(tmp_path, "client")
    made.other_ca.leaf("node1").write(tmp_path, "foreign")
    return made


@contextlib.contextmanager
def running(*command: str, log: Path, stdin: int = subprocess.PIPE) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    with log.open("wb") as out, subprocess.Popen(command, stdin=stdin, stdout=out, stderr=out) as process:
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def printed(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> str:
    """Wait until the server has printed something."""

    def found() -> tuple[str, ...]:
        return tuple(re.findall(pattern, log.read_text(errors="replace"), re.MULTILINE))

    with shown(log):
        return until(found, what=f"{pattern} in {log.name}", alive=lambda: process.poll() is None)[0]


@contextlib.contextmanager
def shown(log: Path) -> Iterator[None]:
    """Show the end of what a server has written where the block fails."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"{log.name}: {log.read_text(errors='replace')[-4000:]}")
        raise


def free_port() -> int:
    """Choose a port at which nobody listens."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Choose several, all at once, below those that the system gives to whoever opens a connection: one of these can be taken before it is used."""
    below = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    # The seed of a test is the same each time, and so would be its ports, which others may still be about to leave.
    chance, found = random.SystemRandom(), list[int]()
    while len(found) < count:
        port = chance.randrange(LOWEST_PORT, max(below, LOWEST_PORT + 20_000))
        with contextlib.suppress(OSError):
            if port not in _given:
                socket.create_server(("127.0.0.1", port)).close()
                found.append(port)
                _given.add(port)
    return found


def wait_for(port: int) -> None:
    """Wait until something listens."""

    def listens() -> bool:
        with socket.create_connection(("127.0.0.1", port), 10):
            return True

    until(listens, what=f"a listener on {port}", pause=0.05)


def wait_until_ready(port: int) -> None:
    """Wait until a Prometheus or an Alertmanager answers questions: it listens, and refuses them with 503, long before."""

    def ready() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=60):
            return True

    until(ready, what=f"/-/ready on {port}", pause=0.05)


def fetched(url: str) -> Any:
    """Fetch JSON from a server of a test, however busy it is."""

    def answered() -> tuple[Any]:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 -- an address of this test.
            return (json.load(answer),)

    return until(answered, what=url, seconds=60)[0]


@dataclass(frozen=True)
class Verdict:
    """What diag said of one remote."""

    code: int
    remote: dict[str, Any]

    @property
    def status(self) -> str:
        """The state of the remote."""
        return str(self.remote["status"])

    def well(self, *parts: str) -> bool:
        """Whether nothing fails and these parts were seen to be fine. Without a key the login is not: the remote is unknown then, not ok."""
        seen = self.remote["coverage"]
        worse = {*self.failing, *self.causes} - SLOW
        return not worse and self.code in {0, 4, 5} and all(seen[part] == "yes" for part in parts)

    @property
    def causes(self) -> list[str]:
        """The root causes."""
        return list(self.remote["root_causes"])

    @property
    def failing(self) -> set[str]:
        """Every check that failed with more than info."""
        return {r["check"] for r in self.remote["results"] if r["outcome"] == "fail" and r["severity"] != "info"}


Ask = Callable[..., Verdict]


@pytest.fixture
def probe(world: World) -> Ask:
    """Run ``diag probe`` from the command line; unless asked to, it sends nothing after the TLS handshake."""

    def ask(
        port: int,
        *options: str,
        model: str = "api_key",
        ca: str = "server-ca.pem",
        name: str = NAME,
        transport: bool = False,
    ) -> Verdict:
        done = subprocess.run(
            [
                *(sys.executable, "-c", "import sys; from diag.cli import main; sys.exit(main())"),
                *("probe", f"127.0.0.1:{port}", "--server-name", name, "--security-model", model, "--ca", ca),
                *("--format", "json", *options, *(() if transport else ("--no-transport",))),
            ],
            cwd=world.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN,
        )
        assert done.stdout, done.stderr
        return Verdict(done.returncode, json.loads(done.stdout)["clusters"][0]["remotes"][0])

    return ask

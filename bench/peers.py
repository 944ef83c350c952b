"""Start what the benchmarks need: haproxy with a P-256 chain, blackbox_exporter. Everything on loopback, ended at the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from diag.lab.pki import new_ca

TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent
NAME = "bench.lab.internal"
DIAG = (sys.executable, "-c", "import sys; from diag.cli import main; sys.exit(main())")


def need(command: str, package: str) -> str:
    """Find a program, or say which Debian package brings it."""
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin")
    if found is None:
        sys.exit(f"{command} is missing: apt-get install {package}")
    return found


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens."""
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


@contextlib.contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def haproxy(directory: Path, *, everywhere: bool = False) -> Iterator[int]:
    """A node behind TLS: leaf and intermediate of P-256, TLS 1.3, full handshakes. Writes ca.pem into the directory.

    ``everywhere``: at all addresses of loopback, so that each remote can have one of its own.
    """
    root = new_ca("Bench Root")
    middle = root.intermediate("Bench Intermediate")
    leaf = middle.leaf(NAME)
    (directory / "ca.pem").write_bytes(root.pem)
    (directory / "server.pem").write_bytes(leaf.chain_pem + leaf.key_pem)
    port, node = free_port(), free_port()
    config = directory / "haproxy.cfg"
    config.write_text(
        "global\n  nbthread 1\n  maxconn 4000\n"
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n"
        f"frontend tls\n  bind {'*' if everywhere else '127.0.0.1'}:{port} ssl crt {directory / 'server.pem'} no-tls-tickets\n"
        "  tcp-request connection reject unless { src 127.0.0.0/8 }\n"
        "  tcp-request inspect-delay 30s\n  tcp-request content accept if { req.len gt 0 }\n  default_backend node\n"
        f"backend node\n  server node 127.0.0.1:{node}\n"
    )
    with (
        running(sys.executable, str(HERE / "node.py"), str(node), log=directory / "node.log"),
        running(need("haproxy", "haproxy"), "-f", str(config), log=directory / "haproxy.log"),
    ):
        wait_for(node)
        wait_for(port)
        yield port


@contextlib.contextmanager
def blackbox(directory: Path, modules: str = "") -> Iterator[tuple[int, int]]:
    """blackbox_exporter with one module ``tls`` that verifies, or with other ones; gives its port and process id."""
    port = free_port()
    config = directory / "blackbox.yml"
    config.write_text(
        modules
        or "modules:\n  tls:\n    prober: tcp\n    timeout: 10s\n    tcp:\n      tls: true\n      preferred_ip_protocol: ip4\n"
        f"      tls_config: {{ca_file: {directory / 'ca.pem'}, server_name: {NAME}}}\n"
    )
    program = need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    flags = (f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")
    with running(program, *flags, log=directory / "blackbox.log") as process:
        wait_for(port)
        yield port, process.pid


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: further connections are not answered at all."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                client = stack.enter_context(socket.socket())
                client.settimeout(0)
                client.connect_ex(server.getsockname())
            yield int(server.getsockname()[1])


def compiled(source: str, directory: Path) -> Path:
    """Compile a program of this folder against the OpenSSL of the system."""
    program = directory / Path(source).stem
    flags = ("-O2", "-o", str(program), str(HERE / source), "-lssl", "-lcrypto")
    if subprocess.run([need("cc", "gcc libssl-dev"), *flags], check=False).returncode:
        sys.exit(f"{source} does not compile: apt-get install gcc libssl-dev")
    return program


def family(pid: int) -> Iterator[int]:
    """A process and all that it started, and those, as far as they still run."""
    yield pid
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """The CPU time, user and system, that a process and its children have used so far."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def peak_mib(pid: int) -> float:
    """The most memory that a process ever had resident, and its children, in MiB."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return total / 1024


def shared_out_mib(pid: int) -> float:
    """What a process and its children take of the machine now, in MiB: a page that several processes have is shared out among them."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024

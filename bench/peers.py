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
def haproxy(directory: Path) -> Iterator[int]:
    """A node behind TLS: leaf and intermediate of P-256, TLS 1.3, full handshakes. Writes ca.pem into the directory."""
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
        f"frontend tls\n  bind 127.0.0.1:{port} ssl crt {directory / 'server.pem'} no-tls-tickets\n"
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
def blackbox(directory: Path) -> Iterator[tuple[int, int]]:
    """blackbox_exporter with one module ``tls`` that verifies; gives its port and process id."""
    port = free_port()
    config = directory / "blackbox.yml"
    config.write_text(
        "modules:\n  tls:\n    prober: tcp\n    timeout: 10s\n    tcp:\n      tls: true\n      preferred_ip_protocol: ip4\n"
        f"      tls_config: {{ca_file: {directory / 'ca.pem'}, server_name: {NAME}}}\n"
    )
    program = need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    flags = (f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")
    with running(program, *flags, log=directory / "blackbox.log") as process:
        wait_for(port)
        yield port, process.pid


def compiled(source: str, directory: Path) -> Path:
    """Compile a program of this folder against the OpenSSL of the system."""
    program = directory / Path(source).stem
    flags = ("-O2", "-o", str(program), str(HERE / source), "-lssl", "-lcrypto")
    if subprocess.run([need("cc", "gcc libssl-dev"), *flags], check=False).returncode:
        sys.exit(f"{source} does not compile: apt-get install gcc libssl-dev")
    return program


def cpu_seconds(pid: int) -> float:
    """The CPU time, user and system, that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS

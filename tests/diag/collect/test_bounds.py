"""Whatever an API sends, the process does not grow beyond what is stated, nothing hangs, and the report stays true."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from diag.collect.api_answer import MAX_BYTES, MAX_TOGETHER_BYTES, MAX_VALUES_TOGETHER, Allowance
from tests.diag.collect import peers
from tests.patience import ENDS_WITHIN

# Measured beside a cluster that refuses everything; stated in diag.collect.api_answer and in the README.
MAX_GROWTH_MIB = 128
# The peak of this very program: what getrusage tells begins with the memory of the process that started it.
_RUN = """
import atexit, re, sys
from diag.cli import main
def peak():
    print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024, file=sys.stderr)
atexit.register(peak)
main()
"""


def answering(body: bytes) -> Callable[[socket.socket], None]:
    """Answer every request with the same body, as 200."""

    def open_tls(sock: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and (more := sock.recv(65536)):
            request += more
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        sock.sendall(head.encode() + body)

    return open_tls


def run(body: bytes, folder: Path) -> tuple[dict[str, object], int, int]:
    """Run diag on a cluster that says this to everything: the report, the exit code, and the peak of memory in MiB."""
    remote = {"alias": "logs", "mode": "proxy", "proxy_address": "127.0.0.1:1", "security_model": "certificate"}
    with peers.peer(answering(body)) as port:
        cluster = {"name": "hostile", "url": f"http://127.0.0.1:{port}", "remotes": [remote]}
        (folder / "diag.yaml").write_text(yaml.safe_dump({"timeouts": {"api": "20s"}, "clusters": [cluster]}))
        command = (sys.executable, "-c", _RUN, "run", "-c", str(folder / "diag.yaml"), "--format", "json")
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN)
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done.returncode, int(done.stderr.split()[-1])


HUGE = {
    "empty lists": b"[" + b"[]," * (MAX_BYTES // 4) + b"[]]",
    "objects": b"[" + b'{"a":{}},' * (MAX_BYTES // 12) + b"{}]",
    "many that pass": b"[" + b"[]," * (MAX_VALUES_TOGETHER // 40) + b"[]]",
    "keys that pass": b"{" + b",".join(b'"%08d":{}' % n for n in range(MAX_VALUES_TOGETHER // 40)) + b"}",
    "one text": b'{"error": "' + b"x" * (MAX_BYTES - 100) + b'"}',
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The peak of memory in MiB beside a cluster that says next to nothing."""
    return run(b"{}", tmp_path_factory.mktemp("usual"))[2]


@pytest.mark.parametrize("kind", HUGE)
def test_growth_is_bounded(kind: str, usual: int, tmp_path: Path) -> None:
    """Every call is answered with something huge: the process stays small, and nothing about the cluster passes."""
    report, code, peak = run(HUGE[kind], tmp_path)
    assert peak - usual < MAX_GROWTH_MIB, (peak, usual)
    assert code == 3
    (cluster,) = report["clusters"]  # type: ignore[misc]  # JSON.
    outcomes = {one["check"]: one["outcome"] for one in cluster["remotes"][0]["results"]}
    assert outcomes["network/tcp-refused"] == "fail"
    assert outcomes["runtime/not-connected"] in {"unknown", "skip"}


@pytest.mark.parametrize("chunk", [b"x" * (MAX_TOGETHER_BYTES // 4), b"[]," * (MAX_VALUES_TOGETHER // 8)])
def test_what_is_left(chunk: bytes) -> None:
    """Bytes and values are counted over all answers to a set of calls, and the problem is named."""
    left = Allowance()
    said = [left.take(chunk) for _ in range(5)]
    assert said[0] == ""
    assert "MiB" in said[-1] or "values" in said[-1]

"""A system that allows few file descriptors: it takes longer, it is said, and no remote is blamed for it."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.clilib import REFUSED
from tests.patience import ENDS_WITHIN

LIMIT, SILENT = 128, 150
DIAG = "import sys; from diag.cli import main; sys.exit(main())"


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: further connections are not answered at all."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])


def test_more_addresses_than_descriptors(tmp_path: Path) -> None:
    """All of them do not answer but one, which refuses: each is called what it is."""
    with black_hole() as hole:
        ports = {**{f"silent-{n}": hole for n in range(SILENT)}, "refused": 1}
        remotes = [
            {"alias": alias, "mode": "proxy", "security_model": "api_key", "proxy_address": f"127.0.0.1:{port}"}
            for alias, port in ports.items()
        ]
        config = {"timeouts": {"connect": "1s"}, "clusters": [{"name": "eu", "version": "8.14.1", "remotes": remotes}]}
        path = tmp_path / "diag.yaml"
        path.write_text(json.dumps(config))
        run = ("run", "-c", str(path), "--only", "network/*", "--format", "json")
        done = subprocess.run(
            ["sh", "-c", f'ulimit -n {LIMIT}; exec "$@"', "sh", sys.executable, "-c", DIAG, *run],
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN,
            check=False,
        )
    assert done.returncode == 3
    assert f"the system allows {LIMIT} file descriptors" in done.stderr
    assert "no further connection" not in done.stdout
    (cluster,) = json.loads(done.stdout)["clusters"]
    causes = {one["alias"]: one["root_causes"] for one in cluster["remotes"]}
    assert causes.pop("refused") == [REFUSED]
    assert len(causes) == SILENT
    assert {tuple(found) for found in causes.values()} == {("network/tcp-timeout",)}

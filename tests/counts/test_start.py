"""What a start costs, in counts that depend on no machine: what is not needed is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# What is dear to import, and is of no use to most commands.
DEAR = ("httpx", "apscheduler", "prometheus_client", "starlette", "uvicorn", "jinja2", "structlog", "distributed")
# What reads stores of keys brings half of the package email; of the platforms none is configured.
UNASKED = (
    "cryptography.hazmat.primitives.serialization.pkcs12",
    "email.policy",
    "diag.collect.platforms.asking",
    "diag.documents",
)
# Who hands over documents without a certificate in them needs neither.
NO_NETWORK = ("cryptography", "OpenSSL", "diag.collect.real_network")
FILES = {
    "elasticsearch.yml": "cluster.name: a\ncluster.remote.b: {mode: proxy, proxy_address: 'b.example.com:9443'}\n",
    "diag.yaml": "clusters: [{name: a, keystore: [], remotes: [{alias: b, mode: proxy, proxy_address: '127.0.0.1:9'}]}]\n",
}
# The most modules that may be loaded, a twentieth above what it takes: one more needs a reason.
COMMANDS = {
    "--help": (122, ()),
    "--version": (112, ()),
    "lint diag.yaml": (720, (*DEAR, *NO_NETWORK, "pydantic")),
    "lint elasticsearch.yml": (735, (*DEAR, *NO_NETWORK, "pydantic")),
    "run": (729, (*DEAR, *UNASKED, "pydantic")),
}


def loaded_by(arguments: str, folder: Path) -> list[str]:
    """The modules that are loaded when a command is done."""
    program = "import sys, atexit, diag.cli\natexit.register(lambda: sys.stderr.write('\\n'.join(['#', *sys.modules])))\ndiag.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments.split()], capture_output=True, text=True, check=False, cwd=folder
    )
    assert "#" in done.stderr, done.stderr
    return done.stderr.rpartition("#")[2].split()


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_loads_no_more_than_it_needs(arguments: str, tmp_path: Path) -> None:
    """Neither a library that it does not use nor modules without end."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    most, unneeded = COMMANDS[arguments]
    loaded = loaded_by(arguments, tmp_path)
    assert [name for name in unneeded if name in loaded] == []
    assert len(loaded) <= most, len(loaded)

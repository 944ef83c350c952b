"""Bodies of settings put to a live node, and files that a node is started with: what it refuses diag refuses, and nothing else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diag.model import Severity, Version
from tests.doclib import lint
from tests.e2e.elastic.node import Node
from tests.trials.test_elasticsearch_yml import RULES, STARTED

RELEASES = ("8.19.0", "9.2.0")
BODIES = Path(__file__).parents[2] / "trials" / "document-cases" / "11-settings-bodies"
# What is taken and never works is an error of its own: an address that cannot be dialled, one half of what signs requests.
TAKEN = frozenset(
    {"config/signing-incomplete", "config/address-hygiene", "config/address-no-port", "config/address-ipv6-unbracketed"}
)
NO_SECURITY = {"xpack.security.enabled": False}


@contextmanager
def configured(release: str) -> Iterator[Node]:
    """A node that can be started, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    node = Node("alone", Version.parse(release), folder, NO_SECURITY, {}, {})
    try:
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("release", RELEASES)
def test_bodies(release: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is put to a node that has no remote; what it took is taken away again."""
    wrong, counted = [], {200: 0, 400: 0}
    with configured(release) as node:
        node.configure({})
        node.start()
        node.wait()
        for body in sorted(BODIES.glob("*.json")):
            status = node.put_text("/_cluster/settings", body.read_text())
            counted[status] += 1
            said = {
                one.check
                for one in lint(f"settings-body:{body}", version=release).findings
                if one.severity.rank >= Severity.ERROR.rank and one.check not in TAKEN
            }
            if bool(said) is (status == 200):
                wrong.append((body.name, status, said))
            node.ask(
                "PUT",
                "/_cluster/settings",
                {layer: {"cluster.remote.*": None} for layer in ("persistent", "transient")},
            )
    with capsys.disabled():
        print(f"{release}: {counted}, {len(wrong)} disagreements")  # noqa: T201 -- the count is asked for.
    assert wrong == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("rule", [*RULES, *(one for one in STARTED if "keystore" not in STARTED[one])])
def test_files(release: str, rule: str) -> None:
    """Each is added to the file of a node, which starts or not."""
    text = RULES[rule][0] if rule in RULES else STARTED[rule]
    with configured(release) as node:
        node.settings = {**NO_SECURITY, "xpack.security.enabled": "xpack.security" in text or "_server" in text}
        node.configure({})
        file = node.conf / "elasticsearch.yml"
        own = [line for line in text.splitlines() if not line.startswith(("network.host", "cluster.name"))]
        # The usual port may be taken.
        file.write_text(file.read_text() + "\n".join(own).replace("9443", str(node.server)) + "\n")
        node.start()
        assert node.comes_up() is (rule in STARTED)

"""Bodies that make and change cross-cluster API keys, put to live nodes with security: they say what is recorded, by which diag is judged."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from diag.model import Version
from tests.e2e.elastic.node import PASSWORD, Node
from tests.patience import PATIENCE
from tests.trials.test_key_bodies import KEYS, LIVE, ROWS

RELEASES = ("8.19.0", "9.2.0")


@contextmanager
def secured(release: str) -> Iterator[Node]:
    """A node with security and a trial license, as it is by itself."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    node = Node("alone", Version.parse(release), folder, {}, {}, {})
    try:
        node.configure({})
        node.start()
        node.wait()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("release", RELEASES)
def test_bodies(release: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each whole body, and each access of the table; a change is made to a key that is there."""
    asked = [(str(one["method"]), str(one["body"]), one["status"]) for one in LIVE]
    asked += [
        ("POST", f'{{"name": "k", "access": {access}}}', {"OK": 200}.get(verdict, 400)) for verdict, access, _ in ROWS
    ]
    wrong = []
    with (
        secured(release) as node,
        httpx.Client(auth=("elastic", PASSWORD), timeout=PATIENCE, trust_env=False) as client,
    ):

        def put(method: str, path: str, body: str) -> httpx.Response:
            headers = {"Content-Type": "application/json"}
            return client.request(method, f"http://127.0.0.1:{node.http}{path}", content=body.encode(), headers=headers)

        made = put("POST", KEYS, json.dumps({"name": "k", "access": {"search": [{"names": ["logs-*"]}]}}))
        for method, body, status in asked:
            answer = put(method, f"{KEYS}/{made.json()['id']}" if method == "PUT" else KEYS, body)
            if answer.status_code != status:
                wrong.append((method, body, answer.text))
    with capsys.disabled():
        print(f"{release}: {len(asked)} bodies, {len(wrong)} disagreements")  # noqa: T201 -- the count is asked for.
    assert wrong == []

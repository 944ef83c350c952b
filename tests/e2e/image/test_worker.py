"""The image with what vantage points need runs as in production on both sides."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.image.building import Image
from tests.e2e.image.container import How, cable, container
from tests.e2e.vantage_lab import until
from tests.pki import leaf, new_ca

pytestmark = pytest.mark.full
GROUP = 65534
CONFIG = """\
vantage_points: [{name: eu}]
scheduler: {listen: "0.0.0.0:8786", ca: ca.pem, certificate: daemon.pem, key: {file: daemon.key}}
clusters:
  - name: a
    keystore: []
    vantage_points: eu
    remotes: [{alias: b, mode: proxy, proxy_address: "127.0.0.1:1"}]
"""
FILES = {
    "DIAG_WORKER_SCHEDULER": "tls://127.0.0.1:8786",
    "DIAG_WORKER_VANTAGE_POINT": "eu",
    "DIAG_WORKER_CA": "/etc/diag/ca.pem",
    "DIAG_WORKER_CERTIFICATE": "/etc/diag/worker.pem",
    "DIAG_WORKER_KEY": "/etc/diag/worker.key",
}


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """The configuration, and certificates of both sides, whose keys the group of the image may read."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "diag.yaml").write_text(CONFIG)
    authority = new_ca("Workers")
    (folder / "ca.pem").write_bytes(authority.pem)
    for name in ("daemon", "worker"):
        leaf(authority, name).write(folder, name)
        (folder / f"{name}.key").chmod(0o440)
        os.chown(folder / f"{name}.key", 0, GROUP)
    return folder


def test_a_worker_looks_for_a_daemon(image_with_dask: Image, etc: Path, tmp_path: Path) -> None:
    """Nothing is there that they may write to but a place for what is temporary; the worker ends in good order."""
    image = image_with_dask
    with container(image, tmp_path / "daemon", etc, how=How(tmpfs=True)) as daemon:
        daemon.until("daemon.started")
        with (
            cable(daemon, os.getpid() % 100 + 100) as connected,
            container(image, tmp_path / "worker", etc, how=How(command="worker", tmpfs=True, network_of=daemon), **FILES) as worker,
        ):  # fmt: skip
            worker.until("worker.connected")
            cause = 'diag_root_cause{cluster="a",remote="b",check="network/tcp-refused"'
            metrics = until(lambda: text if cause in (text := connected.get("/metrics")) else "", "no round was made")
            assert 'diag_vantage_point_up{vantage_point="eu"} 1' in metrics
            assert 'diag_vantage_rounds_total{result="finished",vantage_point="eu"}' in metrics
            worker.signal("TERM")
            assert worker.end() == 0
            for one in (daemon, worker):
                assert "Traceback" not in one.log.read_text()


def test_a_worker_that_may_write_nowhere_says_so(image_with_dask: Image, etc: Path, tmp_path: Path) -> None:
    """With the code for what won't become right by being tried again, and not as if its certificate were wrong."""
    with container(image_with_dask, tmp_path / "worker", etc, how=How(command="worker"), **FILES) as worker:
        assert worker.end() == 2
        assert "needs a folder for temporary files" in worker.log.read_text()

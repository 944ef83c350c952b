"""A bundle of support-diagnostics, as a folder and as an archive: the answers of one cluster, by the names of their files, within bounds."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.doclib import lint

SETTINGS = {"persistent": {"cluster.remote.logs.seeds": "10.0.0.1:9300"}, "transient": {}}
INFO = {"logs": {"connected": False, "mode": "sniff", "seeds": ["10.0.0.1:9300"], "num_nodes_connected": 0}}
SHARD = {
    "remote_cluster": "logs",
    "leader_index": "l",
    "follower_index": "f",
    "fatal_exception": {"type": "illegal_argument_exception", "reason": "unknown setting"},
}
FILES = {
    "diagnostic_manifest.json": {"product": "es"},
    "cluster_settings.json": SETTINGS,
    "remote_cluster_info.json": INFO,
    "licenses.json": {"license": {"status": "active", "type": "trial"}},
    "commercial/ccr_stats.json": {
        "auto_follow_stats": {},
        "follow_stats": {"indices": [{"index": "f", "shards": [SHARD]}]},
    },
    "commercial/ccr_follower_info.json": {"follower_indices": []},
    "nodes_stats.json": {"nodes": {}},
    "settings.json": {"index": {"settings": {}}},
}
WANTED = {
    ("cluster_settings.json", "config/single-or-bad-seeds"),
    ("remote_cluster_info.json", "runtime/not-connected"),
    ("licenses.json", "license/trial"),
    ("ccr_stats.json", "ccr/fatal-exception"),
}


def written(folder: Path) -> Path:
    """The bundle as a folder."""
    bundle = folder / "api-diagnostics-20260101"
    for name, value in FILES.items():
        (bundle / name).parent.mkdir(parents=True, exist_ok=True)
        (bundle / name).write_text(json.dumps(value), "utf-8")
    return bundle


def packed(file: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Files as an archive."""
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def found(path: Path) -> set[tuple[str, str]]:
    """Which file has which finding."""
    return {(Path(one.origin.file).name, one.check) for one in lint(path).findings}


def test_a_folder_is_one_cluster(tmp_path: Path) -> None:
    """What needs a license lies in a folder of its own, and is of the same cluster."""
    assert found(written(tmp_path)) >= WANTED


def test_an_archive_says_the_same(tmp_path: Path) -> None:
    """Nothing is taken out of it, and each finding names the file in it."""
    files = {f"api-diagnostics/{name}": json.dumps(value).encode() for name, value in FILES.items()}
    report = lint(packed(tmp_path / "b.zip", files))
    assert {(Path(one.origin.file).name, one.check) for one in report.findings} >= WANTED
    assert all(one.origin.file.startswith(f"{tmp_path / 'b.zip'}/api-diagnostics/") for one in report.findings)
    assert len(report.judged) == 5
    assert sorted(tmp_path.iterdir()) == [tmp_path / "b.zip"]


def test_the_name_says_that_settings_are_an_answer(tmp_path: Path) -> None:
    """Flat, they look like the body of a request; a cluster that holds them refuses nothing."""
    bundle = written(tmp_path)
    settings = {"persistent": {"cluster.remote.logs.skip_unavailable": "true"}, "transient": {}}
    (bundle / "cluster_settings.json").write_text(json.dumps(settings), "utf-8")
    assert ("cluster_settings.json", "config/leftover-settings") not in found(bundle)
    (bundle / "diagnostic_manifest.json").unlink()
    assert "answer of _remote/info" in {one.kind for one in lint(bundle).judged}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"x.txt": b"y"}, "without a diagnostic_manifest.json"),
        ({}, "without a diagnostic_manifest.json"),
        ({"a/manifest.json": b"{}", "a/nodes.json": b"0" * (17 * 1024 * 1024)}, "is larger than"),
    ],
)
def test_what_is_no_bundle_is_said(tmp_path: Path, files: dict[str, bytes], why: str) -> None:
    """An archive of other things, an empty one, an answer beyond bounds."""
    (refused,) = lint(packed(tmp_path / "b.zip", files)).refused
    assert why in refused.why


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + b"\x00" * 8 + b"\x00\x00\x00\x7f" + b"\x00" * 6],
)
def test_broken_archives(tmp_path: Path, data: bytes) -> None:
    """Cut off, or with a list of files that would fill the memory."""
    (tmp_path / "b.zip").write_bytes(data)
    (refused,) = lint(tmp_path / "b.zip").refused
    assert "ZIP archive" in refused.why


def test_a_member_that_is_broken(tmp_path: Path) -> None:
    """Its check sum is wrong; the others are judged."""
    files = {name: json.dumps(value).encode() for name, value in FILES.items()}
    file = packed(tmp_path / "b.zip", files, zipfile.ZIP_STORED)
    data = file.read_bytes()
    file.write_bytes(data.replace(b'"trial"', b'"triaX"', 1))
    report = lint(file)
    (refused,) = report.refused
    assert refused.file.endswith("licenses.json")
    assert "broken in its archive" in refused.why
    assert len(report.judged) == 4


def test_a_bomb_takes_little_memory(tmp_path: Path) -> None:
    """Each answer is read up to its bound, and all of them together up to another."""
    names = ("nodes", "licenses", "version", "ssl_certs", "cluster_health")
    bomb = packed(tmp_path / "b.zip", {"manifest.json": b"{}", **{f"{one}.json": b"0" * 60_000_000 for one in names}})
    lint(bomb)
    tracemalloc.start()
    report = lint(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(report.refused) == len(names)
    assert peak < 100_000_000

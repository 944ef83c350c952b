"""Local clusters from files and from a URL: the format of Prometheus, the errors of people, and what a running daemon does."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from diag.cli.program import program
from diag.collect import RealNetwork
from diag.config import ConfigError, load_config
from diag.daemon import running_daemon
from diag.discovery import find_all, with_found
from diag.discovery.target_groups import Target, TargetGroupError, targets_in
from tests.diag.daemon.world import World, until, write_config

GROUPS = [
    {"targets": ["a.example:9200"], "labels": {"name": "search-eu", "__meta_x": "y", "team": "t"}},
    {"targets": ["b.example:9200", "c.example:9200"], "labels": {"__scheme__": "http", "name": "one for two"}},
    {"targets": []},
]
CLUSTERS = (
    Target(name="search-eu", url="https://a.example:9200"),
    Target(name="b.example:9200", url="http://b.example:9200"),
    Target(name="c.example:9200", url="http://c.example:9200"),
)


def test_target_groups_are_read_as_prometheus_writes_them() -> None:
    """A name is that of a single target; others are called by their address. Labels of others are nobody's business."""
    assert targets_in(GROUPS) == CLUSTERS


@pytest.mark.parametrize(
    ("parsed", "words"),
    [
        ({"targets": []}, ["list of target groups", "a mapping"]),
        (None, ["list of target groups", "nothing"]),
        (["a:9200"], ["group 1", "mapping"]),
        ([{"targets": "a:9200"}], ["group 1", "targets", "list"]),
        ([{"targets": ["https://a:9200/x"]}], ["group 1", "https://a:9200/x", "host:port"]),
        ([{"targets": ["u:planted@a:9200"]}], ["group 1", "***@a:9200", "host:port"]),
        ([{"targets": ["http://u:planted@a:9200/x"]}], ["group 1", "http://***@a:9200/x", "host:port"]),
        ("planted", ["list of target groups", "a text"]),
        ([{"targets": [9200]}], ["group 1", "9200", "host:port"]),
        ([{}, {"targets": ["a"], "labels": ["x"]}], ["group 1"]),
        ([{"targets": ["a"], "labels": {"__scheme__": "ftp"}}], ["__scheme__", "ftp", "http or https"]),
        ([{"targets": ["a"], "labels": {"name": "n"}}, {"targets": ["b"], "labels": {"name": "n"}}], ["'n'", "once"]),
    ],
)
def test_anything_else_is_refused_with_its_place(parsed: object, words: list[str]) -> None:
    """The place, what stands there, and what was expected."""
    with pytest.raises(TargetGroupError) as refused:
        targets_in(parsed)
    assert all(word in str(refused.value) for word in words), refused.value
    assert "planted" not in str(refused.value)


def _config(folder: Path, discover: object, clusters: dict[str, list[str]] | None = None) -> Path:
    return write_config(folder, clusters or {}, discover=[discover])


async def _found(path: Path) -> tuple[list[str], str]:
    config = load_config(path)
    found = await find_all(config, RealNetwork())
    whole, clashes = with_found(config, found)
    problems = [*(one.problem for one in found if one.problem), *clashes.values()]
    return [f"{one.name} {one.url}" for one in whole.clusters if one.url], "; ".join(problems)


async def test_files_are_found_by_pattern(tmp_path: Path) -> None:
    """JSON and YAML, sorted by name; what all clusters of the source have is taken over."""
    (tmp_path / "sd").mkdir()
    (tmp_path / "sd/1.json").write_text(json.dumps(GROUPS))
    (tmp_path / "sd/2.yml").write_text("- targets: ['d.example:9200']\n  labels: {name: audit}\n")
    (tmp_path / "es.key").write_text("a2V5OnNlY3JldA==")
    source = {
        "name": "files",
        "file_sd": {"files": ["sd/*.json", "sd/*.yml"]},
        "cluster": {"auth": {"api_key": {"file": "es.key"}}, "kind": "eck"},
    }
    path = _config(tmp_path, source)
    named, problems = await _found(path)
    assert named == [f"{one.name} {one.url}" for one in CLUSTERS] + ["audit https://d.example:9200"]
    assert problems == ""
    config, _ = with_found(load_config(path), await find_all(load_config(path), RealNetwork()))
    assert config.clusters[-1].kind == "eck"
    assert config.clusters[-1].auth is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{", ["sd.json:1:3", "list of target groups"]),
        ("{}", ["sd.json", "a mapping"]),
        ("\0", ["sd.json"]),
        (None, ["sd.json", "does not exist"]),
        ('[{"targets": ["a b:1"]}]', ["sd.json", "group 1", "a b:1"]),
        ('[{"targets": ["host:99999999"]}]', ["host:99999999", "no URL"]),
    ],
)
async def test_a_bad_file_is_a_sentence(tmp_path: Path, text: str | None, words: list[str]) -> None:
    """It names the file and the place; nothing is found there."""
    if text is not None:
        (tmp_path / "sd.json").write_text(text)
    named, problems = await _found(_config(tmp_path, {"name": "f", "file_sd": {"files": ["sd.json"]}}))
    assert named == []
    assert all(word in problems for word in words), problems


class _Answers(http.server.BaseHTTPRequestHandler):
    body = json.dumps(GROUPS).encode()
    seen: list[str] = []  # noqa: RUF012 -- one server a test.

    def do_GET(self) -> None:
        """Give the groups to who may have them."""
        self.seen.append(f"{self.path} {self.headers.get('authorization', '')}")
        self.send_response(200 if self.headers.get("authorization") else 401)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server on loopback that answers with target groups."""
    _Answers.seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/sd"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_url_is_asked_with_its_login(tmp_path: Path, url: str) -> None:
    """By GET, at its path; without the login the refusal says so."""
    (tmp_path / "sd.pw").write_text("planted-password")
    auth = {"username": "sd", "password": {"file": "sd.pw"}}
    named, problems = await _found(_config(tmp_path, {"name": "h", "http_sd": {"url": url, "auth": auth}}))
    assert (named, problems) == ([f"{one.name} {one.url}" for one in CLUSTERS], "")
    assert [one.split()[:2] for one in _Answers.seen] == [["/sd", "Basic"]]
    named, problems = await _found(_config(tmp_path, {"name": "h", "http_sd": {"url": url}}))
    assert named == []
    assert "401" in problems


@pytest.mark.parametrize(
    ("discover", "words"),
    [
        ({"name": "x"}, ["expected one of file_sd, http_sd"]),
        ({"name": "x", "file_sd": {"files": ["a"]}, "http_sd": {"url": "http://a:1"}}, ["expected one of"]),
        ({"name": "x", "file_sd": {"files": ["a"]}, "cluster": {"remotes": []}}, ["unknown key"]),
    ],
)
def test_a_source_is_one_thing(tmp_path: Path, discover: object, words: list[str]) -> None:
    """What is no source is refused with its line."""
    with pytest.raises(ConfigError) as refused:
        load_config(_config(tmp_path, discover))
    assert all(word in str(refused.value) for word in words)
    assert "diag.yaml:" in str(refused.value)


async def test_clusters_come_and_go_while_the_daemon_runs(tmp_path: Path) -> None:
    """A new target is looked at, one that is gone leaves the board, a source that breaks keeps what it named and is complained about."""
    names = tmp_path / "sd.json"
    names.write_text('[{"targets": ["a:9200"]}]')
    source = {"name": "files", "file_sd": {"files": ["sd.json"], "refresh": "1s"}}
    path = _config(tmp_path, source, {"fixed": ["logs"]})
    world = World()
    async with running_daemon(path, open_collector=world.open) as running:
        daemon = running.daemon

        def known() -> set[str]:
            return set(daemon.board.snapshot().clusters)

        await until(lambda: known() == {"fixed", "a:9200"})
        assert daemon.not_ready() == ""
        names.write_text('[{"targets": ["b:9200", "fixed"]}]')
        await until(lambda: known() == {"fixed", "b:9200"})
        names.write_text("broken: [")
        await until(lambda: any("files" in note and "sd.json" in note for note in daemon.notes))
        assert known() == {"fixed", "b:9200"}
        assert b'diag_discovery_failures_total{source="files"}' in daemon.own.render()[1]
        await daemon.reload()
        assert known() == {"fixed", "b:9200"}


def test_a_run_looks_at_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a cluster of a source is chosen by name; a source that can't be read is said on standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sd.json").write_text(
        '[{"targets": ["127.0.0.1:1"], "labels": {"name": "found", "__scheme__": "http"}}]'
    )
    path = _config(tmp_path, {"name": "files", "file_sd": {"files": ["sd.json"]}})
    done = CliRunner().invoke(program, ["run", "-c", str(path), "--cluster", "found", "--format", "json"])
    assert json.loads(done.stdout)["clusters"][0]["name"] == "found"
    (tmp_path / "sd.json").unlink()
    done = CliRunner().invoke(program, ["run", "-c", str(path)])
    assert "sd.json does not exist" in done.stderr
    assert asyncio.run(_found(path))[0] == []

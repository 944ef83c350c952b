"""What travels: a round with references and no secret, and its evidence; another release is refused on both sides."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag import VERSION
from diag.model import History, Observation, SeenFrom
from diag.plan import round_input
from diag.vantage import round_order
from diag.vantage.key_table import GivenTables, TablesOfPlaces, UnknownKeysError
from diag.vantage.round_order import RefusedError, answer_of, order_of, read_answer, read_order, refusal_of
from tests.diag.daemon.world import healthy
from tests.diag.vantage.vantage_world import config_of, remote

SECRET = "cGxhbnRlZC1pZDpwbGFudGVkLXNlY3JldC1vZi1yZW1vdGU="
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def ordered(folder: Path, **more: object) -> bytes:
    """A round of a cluster that is looked at from eu, with secrets in files and variables; others have keys, too."""
    (folder / "logs.key").write_text(SECRET)
    auth = {"username": "diag", "password": {"env": "PLANTED"}}
    clusters: list[dict[str, object]] = [
        {
            "name": "a",
            "url": "https://a.example:9200",
            "auth": auth,
            "vantage_points": ["eu"],
            "remotes": [
                remote("logs", credential={"file": "logs.key"}, idle_timeout="5m", transport={"compress": "true"}),
                remote("audit", vantage_points="us"),
            ],
        },
        {
            "name": "b",
            "url": "https://b.example",
            "vantage_points": ["eu"],
            "remotes": [remote("x", credential={"file": "logs.key"})],
        },
        {"name": "c", "url": "https://c.example", "remotes": [remote("y", credential={"file": "logs.key"})]},
    ]
    config = config_of(folder, clusters, timeouts={"connect": "3s"}, checks={"thresholds": {"leaf_days_error": 9}})
    past = {"logs": History(looks=(Observation(at=NOW, connected=True, addresses=("192.0.2.1",)),))}
    place = SeenFrom(name="eu", left_out=("audit",))
    order = order_of(
        config,
        config.clusters[0],
        NOW,
        remotes=(),
        seconds=60.0,
        past=past,
        seen_from=place,
        table=TablesOfPlaces().of(config, "eu"),
        with_table=True,
        **more,
    )  # type: ignore[arg-type]
    expected = round_input(config, config.clusters[0], NOW, seconds=60.0, past=past, seen_from=place)
    read = read_order(order, GivenTables())[0]
    assert (read.cluster, read.timeouts, read.thresholds) == (expected.cluster, expected.timeouts, expected.thresholds)
    assert (read.past, read.now, read.seconds, read.seen_from) == (past, NOW, 60.0, place)
    assert read.left_out == expected.left_out == ("audit",)
    assert set(read.keys_elsewhere) == {"b"}, "keys of clusters that are looked at from elsewhere are not there"
    return order


def test_a_round_comes_back_as_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that it needs; of secrets where they are, and nothing of them in any spelling."""
    monkeypatch.setenv("PLANTED", "S3cret-of-the-variable")
    order = ordered(tmp_path)
    for secret in (SECRET, base64.b64decode(SECRET).decode(), "S3cret-of-the-variable"):
        for form in (secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex()):
            assert form.encode() not in order
    assert b"PLANTED" in order
    assert str(tmp_path / "logs.key").encode() in order


def test_keys_of_others_are_asked_for_where_they_are_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker says so; where what it is given is something else than the order names, it still does not know them."""
    monkeypatch.setenv("PLANTED", "x")
    order, tables = json.loads(ordered(tmp_path)), GivenTables()
    table = order.pop("table")
    assert set(table) == {"a", "b"}
    with pytest.raises(UnknownKeysError):
        read_order(json.dumps(order).encode(), tables)
    with pytest.raises(UnknownKeysError):
        read_order(json.dumps({**order, "table": {"b": table["b"]}}).encode(), tables)
    read_order(json.dumps({**order, "table": table}).encode(), tables)
    first, second = (read_order(json.dumps(order).encode(), tables)[0].keys_elsewhere["b"][0] for _ in range(2))
    assert first is second, "which key is behind a reference is known for a while by the reference itself"


def test_only_platforms_that_a_cluster_names_travel(tmp_path: Path) -> None:
    """One alone may go without a name."""
    (tmp_path / "p.key").write_text(SECRET)
    platforms = [{"name": name, "api_key": {"file": "p.key"}, "url": "https://p.example"} for name in ("p", "q", "r")]
    a: dict[str, object] = {"name": "a", "vantage_points": ["eu"], "platform": "p", "deployment": "0" * 32}
    a["remotes"] = [remote("x", platform="r", deployment="1" * 32)]
    b: dict[str, object] = {"name": "b", "vantage_points": ["eu"], "remotes": [remote("x")]}
    seen = []
    for given in (platforms, platforms[:1]):
        alone = {**a, "remotes": []}
        del alone["platform"]
        config = config_of(tmp_path, [a, b] if len(given) > 1 else [alone, b], platforms=given)
        for cluster in config.clusters:
            place, table = SeenFrom(name="eu"), TablesOfPlaces().of(config, "eu")
            order = order_of(config, cluster, NOW, remotes=(), seconds=1.0, past={}, seen_from=place, table=table)
            seen.append([one.name for one in read_order(order, GivenTables())[0].platforms])
    assert seen == [["p", "r"], [], ["p"], ["p"]]


def test_files_of_a_cluster_that_is_looked_at_elsewhere_need_not_be_here(tmp_path: Path) -> None:
    """They are on the workers; those of the others still have to be here."""
    there = {"name": "a", "url": "https://a.example", "ca": "nowhere.pem", "auth": {"api_key": {"file": "nowhere.key"}}}
    config = config_of(
        tmp_path, [{**there, "vantage_points": ["eu"], "remotes": [remote("x", credential={"env": "NOT_SET"})]}]
    )
    assert config.clusters[0].auth is not None
    with pytest.raises(Exception, match=r"nowhere\.key"):
        config_of(tmp_path, [there])


def test_a_round_of_another_release_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names both."""
    monkeypatch.setenv("PLANTED", "x")
    order = json.loads(ordered(tmp_path))
    order["release"] = "9.9.9/7"
    with pytest.raises(RefusedError, match=rf"worker runs diag {VERSION} .*the daemon diag 9\.9\.9 \(evidence 7\)"):
        read_order(json.dumps(order).encode(), GivenTables())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"kind": "diag round"}'])
def test_what_is_no_round_is_refused(data: bytes) -> None:
    """Whatever it is; nothing of it is repeated."""
    with pytest.raises(RefusedError):
        read_order(data, GivenTables())


def test_evidence_comes_back_as_it_went() -> None:
    """In the form of saved evidence."""
    assert read_answer(answer_of(healthy()), healthy().cluster.name) == healthy()


def test_what_is_no_evidence_of_the_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal in its own words, damage, another schema, another cluster."""
    with pytest.raises(RefusedError, match=r"^because of this$"):
        read_answer(refusal_of("because of this"), "a")
    with pytest.raises(RefusedError, match="what the worker sent"):
        read_answer(answer_of(healthy())[:-20], healthy().cluster.name)
    with pytest.raises(RefusedError, match="another cluster"):
        read_answer(answer_of(healthy()), "another")
    monkeypatch.setattr(round_order.saved, "SCHEMA_VERSION", "7")
    with pytest.raises(RefusedError, match="schema_version"):
        read_answer(answer_of(healthy()).replace(b'"schema_version": "7"', b'"schema_version": "1"'), "a")

"""How many worker processes there are: what the configuration says, else by work and cores."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import Config, ConfigError, load_config
from diag.engine import load_catalogue
from diag.plan import Plan, plan_of
from diag.workers import number, number_of_workers, usable_cores


def plan_for(clusters: int, remotes: int, interval: float = 60.0) -> Plan:
    """A plan of so many clusters and remotes of each."""
    names = [
        {
            "name": f"c{n}",
            "url": "http://localhost:9200",
            "remotes": [{"alias": f"r{m}", "mode": "proxy", "proxy_address": "127.0.0.1:1"} for m in range(remotes)],
        }
        for n in range(clusters)
    ]
    return plan_of(Config.model_validate({"clusters": names, "interval": interval}), load_catalogue())


@pytest.mark.parametrize(
    ("clusters", "remotes", "interval", "cores", "expected"),
    [
        (100, 14, 60, 4, 0),  # 1,400 a minute.
        (100, 15, 60, 4, 1),  # 1,500 a minute: the pages have a core for themselves.
        (100, 35, 60, 4, 3),
        (100, 100, 60, 4, 4),  # No more than there are cores.
        (100, 15, 10, 64, 6),
        (100, 100, 2, 64, 8),  # Nor than is asked of any machine.
        (1500, 0, 60, 2, 1),  # Their remotes are read from the clusters.
    ],
)
def test_auto_goes_by_remotes_a_second(
    monkeypatch: pytest.MonkeyPatch, clusters: int, remotes: int, interval: float, cores: int, expected: int
) -> None:
    """One worker for each 25 remotes a second."""
    monkeypatch.setattr(number, "usable_cores", lambda: cores)
    assert number_of_workers("auto", plan_for(clusters, remotes, interval)) == expected


def test_a_number_is_that_number() -> None:
    """However little there is to do."""
    assert [number_of_workers(wanted, plan_for(1, 1)) for wanted in (0, 3)] == [0, 3]


def test_a_quota_of_a_group_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container of half a core on a machine of many has one; the tightest of all groups around holds."""
    monkeypatch.setattr(number.os, "sched_getaffinity", lambda _pid: set(range(64)), raising=False)
    own, group = tmp_path / "cgroup", tmp_path / "groups" / "system.slice" / "diag.service"
    group.mkdir(parents=True)
    own.write_text("0::/system.slice/diag.service\n")
    assert usable_cores(tmp_path / "groups", own) == 64
    (group / "cpu.max").write_text("max 100000\n")
    (group.parent / "cpu.max").write_text("350000 100000\n")
    assert usable_cores(tmp_path / "groups", own) == 3
    (group / "cpu.max").write_text("50000 100000\n")
    assert usable_cores(tmp_path / "groups", own) == 1
    assert usable_cores(tmp_path / "not there", tmp_path / "neither") == 64


@pytest.mark.parametrize(("text", "found"), [("auto", "auto"), ("0", 0), ("'3'", 3), ("64", 64)])
def test_it_is_read_from_the_file(tmp_path: Path, text: str, found: object) -> None:
    """A word or a number."""
    path = tmp_path / "diag.yaml"
    path.write_text(f"daemon: {{workers: {text}}}\nclusters: [{{name: eu, url: http://localhost:9200}}]\n")
    assert load_config(path).daemon.workers == found


@pytest.mark.parametrize("text", ["65", "-1", "many", "1.5", "[]", ""])
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    """With what was expected, and where it stands."""
    path = tmp_path / "diag.yaml"
    path.write_text(f"daemon:\n  workers: {text}\nclusters: [{{name: eu, url: http://localhost:9200}}]\n")
    with pytest.raises(
        ConfigError, match=r"daemon\.workers.*expected auto, or a number of worker processes from 0 to 64"
    ):
        load_config(path)

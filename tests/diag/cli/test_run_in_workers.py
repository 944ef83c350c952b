"""``diag run --workers``: the same report, byte for byte but for times, whoever looks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from diag.cli.choice import run_of
from diag.cli.command_options import Chosen
from diag.cli.run_rounds import MANY_REMOTES, worker_processes
from diag.config import Config
from diag.config.secrets import Secret, SecretRef, TypedSecret
from tests.clilib import REFUSED, diag
from tests.diag.daemon.world import write_config
from tests.diag.workers import deadly_pack

# RFC 3339, and the seconds that something took: a number that is written with a fraction.
TIMES = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*Z"|(?<=: )\d+\.\d+(e-\d+)?')


def timeless(text: str) -> list[str]:
    """The lines of a report without the times in them."""
    return [TIMES.sub("", line) for line in text.splitlines()]


def test_the_report_is_the_same(config: Path, tmp_path: Path) -> None:
    """For people and for programs, and what is saved of it."""
    for form in ("json", "text"):
        reports, saved = [], []
        for workers in ("0", "2"):
            evidence = tmp_path / f"{workers}.json"
            arguments = ("--workers", workers, "--format", form, "--save-evidence", evidence)
            result = diag("run", "-c", config, *arguments)
            assert result.exit_code == 3
            assert not result.stderr
            reports.append(re.sub(r"\s+\d+(\.\d+)? m?s$", "", result.stdout, flags=re.MULTILINE))
            saved.append(timeless(evidence.read_text()))
        assert REFUSED in reports[0]
        assert timeless(reports[0]) == timeless(reports[1])
        assert saved[0] == saved[1]
    assert len(json.loads((tmp_path / "2.json").read_text())["clusters"]) == 2


def test_what_was_chosen_is_chosen_there(config: Path) -> None:
    """Remotes and checks."""
    chosen = ("--remote", "logs", "--remote", "metrics", "--only", "network/*", "--format", "json")
    here, there = (diag("run", "-c", config, "--workers", number, *chosen).stdout for number in ("0", "2"))
    assert [one["alias"] for cluster in json.loads(there)["clusters"] for one in cluster["remotes"]] == [
        "logs",
        "metrics",
    ]
    assert timeless(here) == timeless(there)


def configured(clusters: int, remotes: int, key: SecretRef | None = None) -> Config:
    """So many clusters, of so many remotes each."""
    remote = {"mode": "proxy", "proxy_address": "127.0.0.1:1", "credential": key}
    names = [
        {"name": f"c{n}", "remotes": [{"alias": f"r{m}", **remote} for m in range(remotes)]} for n in range(clusters)
    ]
    return Config.model_validate({"clusters": names})


def test_few_remotes_are_looked_at_from_here() -> None:
    """Starting processes costs more than they bring; one cluster is one round."""
    few, many = (run_of(configured(2, number), Chosen()) for number in (3, MANY_REMOTES // 2))
    one = run_of(configured(1, MANY_REMOTES), Chosen())
    assert (
        worker_processes("auto", few),
        worker_processes("auto", one),
        worker_processes(8, one),
        worker_processes(0, many),
    ) == (0, 0, 0, 0)
    assert worker_processes(8, few) == 2
    assert worker_processes("auto", many) in {0, 2}  # By the cores of this machine.


def test_a_typed_secret_stays_here() -> None:
    """There is no reference that another process could resolve."""
    plan = run_of(configured(2, 1, TypedSecret.of(Secret("planted-secret"))), Chosen())
    assert worker_processes(2, plan) == 0


def test_a_cluster_whose_check_kills_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason and what to do, in each format for readers; what is said of the others is what is found."""
    deadly_pack.install(tmp_path, monkeypatch)
    config = write_config(tmp_path, {"deadly": ["logs", "audit"], "fine": ["logs"]})
    config.write_text(config.read_text().replace("logs.example:9443", "127.0.0.1:1"))
    result = diag("run", "-c", config, "--workers", "2", "--remote", "logs", "--format", "json")
    assert result.exit_code == 3
    deadly, fine = json.loads(result.stdout)["clusters"]
    assert [(one["alias"], one["status"]) for one in deadly["remotes"]] == [("logs", "unknown")]
    assert fine["remotes"][0]["root_causes"][0] == "network/tcp-refused"
    because = {one["because"] for one in deadly["remotes"][0]["results"] if one["outcome"] == "unknown"}
    assert len(because) == 1
    assert re.fullmatch(
        r"3 times in a row, .* \(was killed by SIGSEGV\), .*--skip leaves out a check .*", because.pop()
    )
    assert result.stderr.count("a worker process is gone: it was killed by SIGSEGV; its rounds run again") == 3

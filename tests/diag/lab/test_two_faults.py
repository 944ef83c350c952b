"""Two faults at once are two causes, a stale declaration is no fault of the remote, and an unasked question is no answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.config import load_config
from diag.engine import report
from diag.lab.clusters import running_lab
from diag.lab.scenarios import SCENARIOS, Scenario
from diag.model import ClusterReport, Seen, Status
from diag.report.exitcode import exit_code
from tests.diag.lab.test_lab import judged, look
from tests.patience import unhurried
from tests.reportlib import NOW

BY_ALIAS = {scenario.alias: scenario for scenario in SCENARIOS}


async def of_lab(folder: Path, *scenarios: Scenario, **changes: Any) -> ClusterReport:
    """Judge a lab of these scenarios; ``changes`` are put over the settings of each remote, ``url`` over those of the cluster."""
    async with running_lab(folder, scenarios) as lab:
        raw = yaml.safe_load(lab.config.read_text())
        if "url" in changes:
            raw["clusters"][0] |= {
                "url": changes.pop("url"),
                "auth": {"username": "diag", "password": {"file": "good.key"}},
            }
        raw["clusters"][0]["remotes"] = [
            {key: value for key, value in (remote | changes).items() if value is not None}
            for remote in raw["clusters"][0]["remotes"]
        ]
        lab.config.write_text(yaml.safe_dump(unhurried(raw, handshake="8s"), sort_keys=False))
        return judged(await look(load_config(lab.config)))


@pytest.mark.parametrize(
    ("alias", "changes", "roots"),
    [
        ("billing", {"alias": "Billing"}, ("config/alias-keystore-mismatch", "tls/expired")),
        ("geo", {"server_name": "geo_lab.internal"}, ("config/server-name-format", "network/tcp-refused")),
        ("orders", {"mode": None}, ("config/mode-missing-for-proxy", "tls/hostname-mismatch")),
        ("geo", {"version": "7.17.28"}, ("version/apikey-min", "network/tcp-refused")),
    ],
)
async def test_each_fault_keeps_its_place(
    tmp_path: Path, alias: str, changes: dict[str, Any], roots: tuple[str, ...]
) -> None:
    """An alias does not expire a certificate: neither hides the other, and each keeps its sentence and its fix."""
    (remote,) = (await of_lab(tmp_path, BY_ALIAS[alias], **changes)).remotes
    assert remote.root_causes == roots
    for check in roots:
        result = remote.result(check)
        assert result is not None
        assert result.findings[0].remedy


@pytest.mark.parametrize("version", ["9.3.0", "7.17.28", "8.16.0"])
async def test_a_stale_declaration_is_a_warning(tmp_path: Path, version: str) -> None:
    """What the node says of itself goes before what somebody wrote down, and that is the only finding."""
    (remote,) = (await of_lab(tmp_path, BY_ALIAS["logs"], version=version)).remotes
    assert remote.status is Status.WARN
    assert remote.root_causes == ("version/declared-differs",)


@pytest.mark.parametrize("release", ["8.9.1", "8.10.4", "8.11.3"])
async def test_the_range_of_a_release_reaches_the_checks(tmp_path: Path, release: str) -> None:
    """A node says several releases at once by its id: where all of them are too old, that is an error, not an open question."""
    scenario = dataclasses.replace(BY_ALIAS["logs"], release=release)
    (remote,) = (await of_lab(tmp_path, scenario, version=None, credential=None)).remotes
    assert remote.root_causes[0] == "version/apikey-min"


@pytest.mark.parametrize("alias", ["lapsed", "revoked", "resty", "basic", "logs"])
async def test_a_key_that_was_never_tried_is_not_ok(tmp_path: Path, alias: str) -> None:
    """Nobody knows whether the key is good: unknown, exit code 5, and what to set."""
    cluster = await of_lab(tmp_path, BY_ALIAS[alias], credential=None)
    (remote,) = cluster.remotes
    assert remote.status is Status.UNKNOWN
    assert remote.coverage.login is Seen.NOT_ASKED
    assert "credential" in remote.coverage.hints["login"]
    assert exit_code(report([cluster], NOW)) == 5


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://nosuch.invalid:9200"])
async def test_an_api_that_does_not_answer_is_said(tmp_path: Path, url: str) -> None:
    """Everything that lives by it is blind meanwhile: the cluster is unknown, though the wire is fine."""
    cluster = await of_lab(tmp_path, BY_ALIAS["logs"], url=url)
    assert cluster.unanswered is not None
    assert cluster.status is Status.UNKNOWN
    assert exit_code(report([cluster], NOW)) == 5

"""The hosted deployment of the lab: judged rightly over real sockets, by asking nothing but GET, and with no secret in any output."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag.collect import RealNetwork, gather
from diag.config import load_config
from diag.engine import judge, load_catalogue, report
from diag.lab.clusters import running_lab
from diag.lab.hosted import HOSTED_SCENARIOS, KEY
from diag.lab.platform_api import Asked
from diag.lab.scenarios import Scenario
from diag.model import ClusterEvidence, Outcome, Policy, RemoteReport, Report
from diag.plan import round_input
from diag.report import FORMATS, RenderOptions, render
from diag.report.saved import save


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One round of it, and what the platform was asked."""

    evidence: ClusterEvidence
    report: Report
    asked: tuple[Asked, ...]

    @property
    def remotes(self) -> Mapping[str, RemoteReport]:
        """What is reported of each remote."""
        return {one.alias: one for one in self.report.clusters[0].remotes}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Look once, for all tests of this module."""

    async def run(folder: Path) -> Seen:
        async with running_lab(folder, (), hosted=HOSTED_SCENARIOS) as lab, RealNetwork() as network:
            config = load_config(lab.config)
            work = round_input(config, config.clusters[-1], datetime.now(UTC), seconds=60.0)
            evidence = await gather(work, network)
            assert lab.platform is not None
            judged = judge(evidence, load_catalogue().checks, config.policy())
            return Seen(evidence=evidence, report=report([judged], evidence.taken_at), asked=tuple(lab.platform.asked))

    return asyncio.run(run(tmp_path_factory.mktemp("hosted")))


@pytest.mark.parametrize("scenario", HOSTED_SCENARIOS, ids=lambda scenario: scenario.alias)
def test_it_is_judged_rightly(seen: Seen, scenario: Scenario) -> None:
    """Status and root cause are those of the scenario."""
    found = seen.remotes[scenario.alias]
    failing = {r.check: str(r.severity) for r in found.results if r.counts}
    unknown = {r.check: r.because for r in found.results if r.essential and r.outcome is Outcome.UNKNOWN}
    assert scenario.status == found.status, (failing, unknown)
    assert scenario.root_cause == found.root_causes[: len(scenario.root_cause)], failing
    assert not [r for r in (*found.results, *seen.report.clusters[0].results) if r.outcome is Outcome.ERROR]


def test_the_cluster_itself_is_well(seen: Seen) -> None:
    """The platform answers everything, and nothing of the deployment is wrong."""
    assert {r.check for r in seen.report.clusters[0].results if r.counts} == set()


def test_nothing_but_get_goes_to_the_platform(seen: Seen) -> None:
    """On the wire, as the platform saw it; and each call brought the key."""
    assert seen.asked
    assert {one.method for one in seen.asked} == {"GET"}
    assert {one.login for one in seen.asked} == {f"ApiKey {KEY}"}


def test_no_secret_is_in_any_output(seen: Seen) -> None:
    """Neither the key of the platform, nor one of a remote, in whatever form."""
    secrets = {KEY, base64.b64encode(KEY.encode()).decode(), "lab-secret-of-no-worth"}
    outputs = [
        render(seen.report, name, options=RenderOptions(width=200, colour=False, verbose=True)) for name in FORMATS
    ]
    outputs.append(save([seen.evidence], Policy()))
    assert not [secret for secret in secrets for output in outputs if secret in output]

"""What platforms run in the lab: judged rightly over real sockets, by asking nothing but GET, and with no secret in any output."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diag.collect import RealNetwork, gather
from diag.config import Config, load_config
from diag.engine import judge, load_catalogue, report
from diag.lab.clusters import running_lab
from diag.lab.command import ESTATES
from diag.lab.estates import Estate
from diag.lab.platform_api import Asked, PlatformApi
from diag.lab.scenarios import Scenario
from diag.model import ClusterEvidence, Outcome, PlatformKind, Policy, RemoteReport, Report, Status
from diag.plan import round_input
from diag.report import FORMATS, RenderOptions, render
from diag.report.saved import save
from tests.patience import ENDS_WITHIN, unhurry


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One round of one of them, and what its platform was asked."""

    estate: Estate
    evidence: ClusterEvidence
    report: Report
    asked: tuple[Asked, ...]

    @property
    def remotes(self) -> Mapping[str, RemoteReport]:
        """What is reported of each remote."""
        return {one.alias: one for one in self.report.clusters[0].remotes}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Seen]:
    """Look once at each, for all tests of this module."""

    async def run(folder: Path) -> Mapping[str, Seen]:
        async with running_lab(folder, (), estates=ESTATES) as lab, RealNetwork() as network:
            unhurry(lab.config)
            config = load_config(lab.config)
            return {one.name: await seen_of(one, config, network, lab.platforms[one.name]) for one in ESTATES}

    return asyncio.run(run(tmp_path_factory.mktemp("platforms")))


async def seen_of(estate: Estate, config: Config, network: RealNetwork, api: PlatformApi[Any]) -> Seen:
    """One round."""
    (cluster,) = [one for one in config.clusters if one.name == estate.name]
    evidence = await gather(round_input(config, cluster, datetime.now(UTC), seconds=ENDS_WITHIN), network)
    judged = judge(evidence, load_catalogue().checks, config.policy())
    return Seen(estate=estate, evidence=evidence, report=report([judged], evidence.taken_at), asked=tuple(api.asked))


@pytest.fixture(scope="module", params=[one.name for one in ESTATES])
def seen(every: Mapping[str, Seen], request: pytest.FixtureRequest) -> Seen:
    """Each of them."""
    return every[request.param]


@pytest.mark.parametrize(
    ("name", "scenario"),
    [(one.name, scenario) for one in ESTATES for scenario in one.scenarios],
    ids=lambda part: part if isinstance(part, str) else part.alias,
)
def test_it_is_judged_rightly(every: Mapping[str, Seen], name: str, scenario: Scenario) -> None:
    """Status and root cause are those of the scenario."""
    seen = every[name]
    found = seen.remotes[scenario.alias]
    failing = {r.check: str(r.severity) for r in found.results if r.counts}
    unknown = {r.check: r.because for r in found.results if r.essential and r.outcome is Outcome.UNKNOWN}
    assert scenario.status == found.status, (failing, unknown)
    assert scenario.root_cause == found.root_causes[: len(scenario.root_cause)], failing
    assert not [r for r in (*found.results, *seen.report.clusters[0].results) if r.outcome is Outcome.ERROR]


def test_there_is_one_of_each_kind_well_and_broken() -> None:
    """A platform of each kind, each with a remote that is well and one that is not."""
    assert {one.section("https://a:1")["kind"] for one in ESTATES} == set(PlatformKind)
    for one in ESTATES:
        states = {scenario.status for scenario in one.scenarios}
        assert states == {Status.OK, Status.FAIL}, one.name


# What is wrong of the local cluster itself.
OF_THE_CLUSTER = {"harbour": {"eck/association"}}


def test_the_cluster_itself_is_as_it_is_meant(seen: Seen) -> None:
    """The platform answers everything, and nothing of the cluster is wrong that is not meant to be."""
    found = {r.check for r in seen.report.clusters[0].results if r.counts}
    assert found == OF_THE_CLUSTER.get(seen.estate.name, set())


def test_nothing_but_get_goes_to_the_platform(seen: Seen) -> None:
    """On the wire, as the platform saw it; and each call brought the key."""
    assert seen.asked
    assert {one.method for one in seen.asked} == {"GET"}
    assert {one.login.partition(" ")[2] for one in seen.asked} == {seen.estate.key}


def test_no_secret_is_in_any_output(seen: Seen) -> None:
    """Neither the key of the platform, nor one of a remote, in whatever form."""
    key = seen.estate.key
    secrets = {key, base64.b64encode(key.encode()).decode(), "lab-secret-of-no-worth"}
    outputs = [
        render(seen.report, name, options=RenderOptions(width=200, colour=False, verbose=True)) for name in FORMATS
    ]
    outputs.append(save([seen.evidence], Policy()))
    assert not [secret for secret in secrets for output in outputs if secret in output]

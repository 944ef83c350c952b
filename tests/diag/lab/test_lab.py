"""The lab is judged rightly, over real sockets: the healthy remotes ok, each broken one by its cause."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag.collect import RealNetwork, RecordedNetwork, RecordingNetwork, RoundInput, gather
from diag.config import Config, load_config
from diag.engine import judge, load_catalogue
from diag.lab.clusters import running_lab
from diag.lab.peer import Manner
from diag.lab.scenarios import SCENARIOS, Scenario
from diag.model import ClusterEvidence, ClusterReport, Outcome, RemoteReport, Severity, Status
from tests.patience import unhurry


def work(config: Config, now: datetime | None = None) -> RoundInput:
    """Ask for one round over the lab's only cluster."""
    return RoundInput(
        cluster=config.clusters[0],
        timeouts=config.timeouts,
        thresholds=config.thresholds(),
        now=now or datetime.now(UTC),
    )


@dataclass(frozen=True, kw_only=True)
class Once:
    """One look at the whole lab, and what came through the network meanwhile."""

    config: Config
    evidence: ClusterEvidence
    recorded: RecordedNetwork


async def look(config: Config) -> ClusterEvidence:
    """Look at the lab once."""
    async with RealNetwork() as network:
        return await gather(work(config), network)


def judged(evidence: ClusterEvidence) -> ClusterReport:
    """Judge with every check."""
    return judge(evidence, load_catalogue().checks)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Run the lab once for all tests of this module."""

    async def run() -> Once:
        async with running_lab(tmp_path_factory.mktemp("lab")) as lab, RealNetwork() as network:
            # Some of its remotes are silent, and are waited for as long as a handshake may take.
            unhurry(lab.config, handshake="8s")
            config, recording = load_config(lab.config), RecordingNetwork(network)
            return Once(config=config, evidence=await gather(work(config), recording), recorded=recording.recorded)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def remotes(once: Once) -> Mapping[str, RemoteReport]:
    """What is reported of each remote of the lab."""
    return {remote.alias: remote for remote in judged(once.evidence).remotes}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.alias)
def test_the_lab_is_judged_rightly(remotes: Mapping[str, RemoteReport], scenario: Scenario) -> None:
    """Status, root cause and what else has to be found are those of the scenario."""
    found = remotes[scenario.alias]
    failing = {r.check: str(r.severity) for r in found.results if r.counts}
    unknown = {r.check: r.because for r in found.results if r.essential and r.outcome is Outcome.UNKNOWN}
    assert scenario.status == found.status, (failing, unknown)
    assert scenario.root_cause == found.root_causes[: len(scenario.root_cause)], failing
    assert set(scenario.also) <= set(failing)
    assert not [r for r in found.results if r.outcome is Outcome.ERROR]


def test_every_finding_helps(remotes: Mapping[str, RemoteReport]) -> None:
    """Each has a summary, a remedy and a link, and none names a file of this machine's lab as a secret."""
    for remote in remotes.values():
        for result in remote.results:
            for finding in result.findings:
                assert finding.summary.strip().endswith((".", "?")), finding.summary
                assert finding.remedy.strip()
                assert finding.docs


def test_the_healthy_remotes_have_nothing_worse_than_info(remotes: Mapping[str, RemoteReport]) -> None:
    """A false alarm is the second worst defect."""
    for alias in ("logs", "audit"):
        for result in remotes[alias].results:
            assert result.severity in {None, Severity.INFO}, result


async def test_a_remote_broken_at_run_time_is_seen_in_the_next_round(tmp_path: Path) -> None:
    """And it is ok again after it was mended."""
    healthy = tuple(s for s in SCENARIOS if s.alias == "logs")
    async with running_lab(tmp_path, healthy) as lab:
        unhurry(lab.config)
        config = load_config(lab.config)
        states = [judged(await look(config)).status]
        lab.peers["logs"].identity = lab.pki.identity("expired", "logs")
        broken = judged(await look(config)).remotes[0]
        states.append(broken.status)
        lab.peers["logs"].identity = lab.pki.identity("good", "logs")
        lab.peers["logs"].manner = Manner.CLOSING
        states.append(judged(await look(config)).status)
        lab.peers["logs"].manner = Manner.TLS
        states.append(judged(await look(config)).status)
    assert states == [Status.OK, Status.FAIL, Status.FAIL, Status.OK]
    assert broken.root_causes == ("tls/expired",)


async def test_a_recorded_round_replays_through_the_same_gathering(once: Once) -> None:
    """With nothing listening any more, the recording of the network gives the same evidence of every remote."""
    replayed = await gather(work(once.config, once.evidence.taken_at), once.recorded)
    assert dataclasses.replace(replayed, seconds=once.evidence.seconds) == once.evidence

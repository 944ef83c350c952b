"""Under maintenance nothing that is found counts, and all of it is shown; afterwards it counts again."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import pytest

from diag.config import ConfigError, load_config
from diag.engine import Memory, judge, own_status, report
from diag.engine.acknowledged import decisions
from diag.evidence.maintenance import MaintenanceWindow
from diag.metrics import render_report_series
from diag.model import Acknowledgement, ClusterEvidence, Outcome, Policy, Severity, Status
from diag.report import exit_code, nagios_code, render
from diag.report.saved import load, save
from tests import caselib

CHECKS = caselib.catalogue().checks


@pytest.fixture(scope="module")
def broken() -> ClusterEvidence:
    """A remote that refuses connections."""
    case = next(one for one in caselib.all_cases() if str(one).startswith("network/tcp-refused/fail"))
    return case.evidence


def _policy(evidence: ClusterEvidence, *, remote: str = "*", hours: float = 1) -> Policy:
    begin, end = evidence.taken_at - timedelta(hours=1), evidence.taken_at + timedelta(hours=hours)
    window = MaintenanceWindow(
        begin=begin.replace(tzinfo=None).isoformat(),
        end=end.replace(tzinfo=None).isoformat(),
        note="upgrade",
        remote=remote,
    )
    return Policy(maintenance=(window,))


def test_what_is_found_counts_for_nothing_and_is_shown(broken: ClusterEvidence) -> None:
    """No failure, no root cause, exit 0, no series of a cause, and never ok: the text, the JSON and a series say maintenance."""
    made = judge(broken, CHECKS, _policy(broken))
    (remote,) = made.remotes
    assert (remote.status, made.status, remote.root_causes) == (Status.UNKNOWN, Status.UNKNOWN, ())
    assert any(one.outcome is Outcome.FAIL for one in remote.results)
    whole = report([made], broken.taken_at)
    assert exit_code(whole, Severity.INFO) == 0
    text = render(whole, "text")
    assert "under maintenance until" in text
    assert "? maintenance" in text
    assert "1 remote: 1 under maintenance" in text
    assert not any("→" in line and "✓ ok" in line for line in text.splitlines())
    assert render(whole, "nagios").startswith("REMOTES MAINTENANCE - 1 remotes: 1 unknown")
    assert nagios_code(whole) == 0
    assert "upgrade" in text
    assert "network/tcp-refused" in text
    shown = json.loads(render(whole, "json"))["clusters"][0]
    assert shown["status"] == shown["remotes"][0]["status"] == "unknown"
    assert shown["maintenance"]["note"] == shown["remotes"][0]["maintenance"]["note"] == "upgrade"
    series = render_report_series(whole)
    assert f'diag_maintenance{{cluster="{made.name}",remote="{remote.alias}"}} 1' in series
    assert f'diag_maintenance{{cluster="{made.name}",remote=""}} 1' in series
    assert "diag_root_cause{" not in series


def test_another_remote_is_not_covered(broken: ClusterEvidence) -> None:
    """The glob of the remote says which; the local cluster itself is covered by * alone."""
    (remote,) = judge(broken, CHECKS, _policy(broken, remote="other*")).remotes
    assert (remote.status, remote.maintenance) == (Status.FAIL, None)
    named = judge(broken, CHECKS, _policy(broken, remote=remote.alias))
    assert named.maintenance is None
    assert named.remotes[0].status is Status.UNKNOWN


def test_when_it_is_over_everything_counts_again(broken: ClusterEvidence) -> None:
    """Also where the daemon remembers the round before."""
    policy, memory = _policy(broken), Memory()
    assert judge(broken, CHECKS, policy, memory=memory).status is Status.UNKNOWN
    later = dataclasses.replace(broken, taken_at=broken.taken_at + timedelta(hours=2))
    assert judge(later, CHECKS, policy, memory=memory).status is Status.FAIL


def test_what_is_well_is_ok_under_maintenance_too() -> None:
    """Nothing hides behind it: what was looked at and is well is ok."""
    evidence = caselib.evidence(caselib.base_of("api_key"))
    made = judge(evidence, CHECKS, _policy(evidence))
    assert (made.status, made.remotes[0].status) == (Status.OK, Status.OK)
    assert "✓ ok" in render(report([made], evidence.taken_at), "text")


def test_an_api_that_is_silent_under_maintenance_is_no_ok() -> None:
    """The cluster itself is unknown, exit 0: somebody works on it."""
    silent = {"unavailable": "connection refused", "step": "api", "reason": "refused"}
    base = caselib.base_of("api_key")
    patch = {
        "cluster": {"hosts": ["es.example"]},
        "local_api": dict.fromkeys(base["local_api"], silent),
        "belief": dict.fromkeys(base["belief"], silent),
    }
    evidence = caselib.evidence(caselib.merge(base, patch))
    made = judge(evidence, CHECKS, _policy(evidence))
    assert made.unanswered is not None
    assert (own_status(made), made.status) == (Status.UNKNOWN, Status.UNKNOWN)
    assert exit_code(report([made], evidence.taken_at)) == 0
    assert own_status(judge(evidence, CHECKS)) is Status.UNKNOWN
    assert exit_code(report([judge(evidence, CHECKS)], evidence.taken_at)) != 0


def test_a_saved_policy_keeps_it(broken: ClusterEvidence) -> None:
    """A replay judges by the same maintenance."""
    policy = _policy(broken)
    assert load(save([broken], policy)).policy == policy


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{from: 2026-12-05T22:00, until: 2026-12-05T21:00, note: n}", "expected until after from"),
        ("{from: 22:00, until: 23:00, note: n}", "expected from and until as date and time"),
        ("{days: [sat], from: 2026-12-05T22:00, until: 23:00, note: n}", "expected from and until as times alone"),
        ("{days: [sat], from: '25:00', until: 23:00, note: n}", "expected a time such as 22:00"),
        ("{days: [someday], from: '22:00', until: '23:00', note: n}", "expected mon, tue"),
        ("{from: 2026-12-05T22:00+01:00, until: 2026-12-06T22:00, note: n}", "without a zone"),
        ("{from: 2026-12-05T22:00, until: 2026-12-06T22:00, zone: Europe/Bonn, note: n}", "expected a time zone"),
        ("{from: 2026-12-05T22:00, until: 2026-12-06T22:00}", "expected the key note"),
    ],
)
def test_a_bad_entry_is_a_line(tmp_path: Path, entry: str, words: str) -> None:
    """File, line, what stands there, what was expected."""
    path = tmp_path / "diag.yaml"
    path.write_text(f"clusters: [{{name: a, url: 'https://a:9200'}}]\nmaintenance:\n  - {entry}\n")
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert words in str(refused.value)
    assert "diag.yaml:3:" in str(refused.value)


@pytest.mark.parametrize(
    ("glob", "fits"), [("[::1]:9200", True), ("[[]::1*", True), ("[::1]:92??", False), ("*", True)]
)
def test_a_name_with_brackets_is_a_name_before_it_is_a_glob(broken: ClusterEvidence, glob: str, fits: bool) -> None:  # noqa: FBT001 -- what is expected.
    """A cluster that was found by its address is called [::1]:9200; whoever writes that down means it."""
    at = broken.taken_at
    known = Acknowledgement(check="*", cluster=glob, until=at.date().isoformat(), note="known")
    window = dataclasses.replace(_policy(broken).maintenance[0], cluster=glob)
    found = decisions(Policy(acknowledge=(known,), maintenance=(window,)), "[::1]:9200", "logs", at)
    assert (bool(found.acknowledged), found.maintenance is not None) == (fits, fits)

"""What the checks of group ``tls`` say together, and that no evidence makes them fail or run on."""

from __future__ import annotations

from typing import Any

import pytest

from checks import CHECKS
from diag.engine import judge
from diag.model import Outcome, RemoteReport
from tests import caselib

OF_TLS = [check for check in CHECKS if check.group == "tls"]
LONG = "\x1b[31m<b>\u202e" + "x" * 50_000


def judged(base: str, given: dict[str, Any]) -> RemoteReport:
    """Judge a patch on a healthy base by every check of the group."""
    return judge(caselib.evidence(caselib.merge(caselib.base_of(base), given)), OF_TLS).remotes[0]


def failing(report: RemoteReport) -> set[str]:
    """The ids of the checks that found something."""
    return {result.check for result in report.results if result.outcome is Outcome.FAIL}


def test_one_handshake_shows_every_fault() -> None:
    """An expired certificate for another name from an unknown CA is reported as all three, from one handshake."""
    report = judged(
        "api_key",
        {
            "belief": {"info": {"connected": False}, "resolved": {"connected": False}},
            "chain": {
                "trusted": False,
                "path": ["CN=logs.example"],
                "faults": [{"fault": "issuer_not_sent", "subject": "CN=logs.example", "issuer": "CN=Other"}],
            },
            "leaf": {"dns_names": ["other.example"], "not_after": "2026-01-01T00:00:00Z", "issuer": "CN=Other"},
        },
    )
    wanted = {"tls/expired", "tls/hostname-mismatch", "tls/untrusted-issuer", "tls/chain-incomplete"}
    assert wanted == failing(report)
    assert set(report.root_causes) == wanted - {"tls/chain-incomplete"}  # It says the same of the same certificate.


def test_a_private_ca_that_nobody_configured_comes_first() -> None:
    """The most exact of the criticals is the root cause, and the general one follows from it."""
    report = judged(
        "api_key",
        {
            "belief": {"info": {"connected": False}, "resolved": {"connected": False}},
            "trust": {"files": [], "public_roots": True},
            "chain": {
                "trusted": False,
                "faults": [{"fault": "untrusted_root", "subject": "CN=Remote Server CA", "issuer": ""}],
            },
        },
    )
    assert report.root_causes == ("tls/private-ca-missing",)
    assert "tls/untrusted-issuer" in failing(report)


@pytest.mark.parametrize("base", ["api_key", "certificate"])
def test_a_refused_port_leaves_every_question_open(base: str) -> None:
    """Without a connection nothing passes and nothing is found, but for what the files and the nodes of the local cluster tell."""
    refused = {"unavailable": "refused", "step": "connect", "reason": "refused"}
    report = judged(base, {"connection": refused, "tls": refused, "chain": refused})
    offline = {"tls/key-cert-mismatch", "tls/client-plaintext"}
    assert {result.outcome for result in report.results if result.check not in offline} <= {
        Outcome.UNKNOWN,
        Outcome.SKIP,
    }


@pytest.mark.parametrize("base", ["api_key", "certificate"])
def test_text_of_a_peer_is_bounded(base: str) -> None:
    """However much a peer writes, a finding stays readable."""
    report = judged(
        base,
        {
            "tls": {"after": "alert", "alert": 46, "client_certificate_requested": True, "acceptable_cas": [LONG] * 50},
            "chain": {
                "trusted": False,
                "public": True,
                "path": [LONG] * 50,
                "faults": [{"fault": "issuer_not_sent", "subject": LONG, "issuer": LONG, "detail": LONG}] * 50,
            },
            "leaf": {
                "subject": LONG,
                "issuer": LONG,
                "common_name": LONG,
                "dns_names": [LONG] * 50,
                "not_before": "2026-01-15T13:00:00Z",
                "not_after": "2026-01-15T11:00:00Z",
                "extended_key_usage": [LONG] * 50,
                "key_type": "RSA",
                "key_bits": 512,
                "signature_hash": "md5",
            },
        },
    )
    findings = [finding for result in report.results for finding in result.findings]
    assert len(failing(report)) >= 8
    assert max(len(finding.summary) for finding in findings) < 2000
    assert max(len(finding.remedy) for finding in findings) < 2000
    assert max(len(str(dict(finding.facts))) for finding in findings) < 20_000

"""Pairs without security, and pairs of the certificate model that look at no names: saved evidence, judged by every check."""

from __future__ import annotations

import json
from pathlib import Path

from diag.engine import judge, load_catalogue
from diag.model import ClusterReport, Severity, Status
from diag.report.saved import load

HERE = Path(__file__).parent / "field-cases"


def judged(name: str) -> ClusterReport:
    """Judge saved evidence as ``diag replay`` does."""
    saved = load((HERE / f"{name}.json").read_text())
    return judge(saved.clusters[0], load_catalogue().checks)


def test_a_name_that_no_eck_looks_at_alarms_nobody() -> None:
    """A load balancer's address is not in the certificate of a pod; the local cluster is connected (cloud-on-k8s#4025)."""
    remote = judged("04-cert-model-name-mismatch-but-connected").remotes[0]
    assert remote.status is Status.OK
    assert {result.severity for result in remote.results} <= {None, Severity.INFO}


def test_security_off_on_both_sides_is_healthy() -> None:
    """Neither side uses TLS, and it works; that is worth knowing, and no remedy breaks it (elasticsearch PR 77043)."""
    remote = judged("06-security-off-on-both-sides").remotes[0]
    assert remote.status is Status.OK
    found = {result.check: result for result in remote.results if result.findings}
    assert {result.severity for result in found.values()} == {Severity.INFO}
    assert "Nothing has to be done about it" in found["tls/plaintext-endpoint"].findings[0].remedy


def test_clear_text_to_a_peer_with_tls_is_the_root_cause() -> None:
    """The local cluster has no security, the remote has; it said so only when it was asked for privileges (elasticsearch PR 45852)."""
    remote = judged("07-local-without-tls-remote-with").remotes[0]
    assert remote.status is Status.FAIL
    assert remote.root_causes == ("tls/client-plaintext",)
    found = next(result for result in remote.results if result.check == "tls/client-plaintext")
    assert "xpack.security.enabled: true" in found.findings[0].full_remedy


def test_the_saved_files_hold_no_paths_of_a_machine() -> None:
    """Nobody's folders."""
    for file in HERE.glob("*.json"):
        assert "/tmp/" not in json.dumps(json.loads(file.read_text())), file  # noqa: S108 -- looked for, not used.

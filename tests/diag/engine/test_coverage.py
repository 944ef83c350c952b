"""How far an ok looked: what nobody asked or could ask is never ok."""

from __future__ import annotations

from typing import Any

import pytest

from diag.engine import judge, report
from diag.metrics import render_report_series
from diag.model import Policy, Seen, Status
from diag.report import render
from diag.report.exitcode import exit_code, nagios_code
from tests import caselib
from tests.reportlib import NOW

NO_URL = {"unavailable": "no url is configured", "step": "api", "reason": "not_asked"}
SILENT = {
    "unavailable": "the API at http://127.0.0.1:9 could not be asked: refused",
    "step": "api",
    "reason": "refused",
}
NO_KEY = {"unavailable": "no credential is configured", "step": "configuration", "reason": "not_told"}


def judged(base: str, given: dict[str, Any], *only: str) -> Any:
    """Judge patched healthy evidence by all checks, or by a choice of them."""
    evidence = caselib.evidence(caselib.merge(dict(caselib.base_of(base)), given))
    catalogue = caselib.catalogue()
    return judge(evidence, catalogue.choose(only), Policy(), catalogue.checks)


@pytest.mark.parametrize("base", ["api_key", "certificate"])
def test_everything_was_looked_at(base: str) -> None:
    """On the healthy evidence every part is seen."""
    remote = judged(base, {}).remotes[0]
    assert {seen for _, seen in remote.coverage.parts} == {Seen.YES}
    assert not remote.coverage.hints


def test_a_key_that_nobody_tried_is_not_ok() -> None:
    """Without a credential and without the local cluster's own view the login is not known, and it is said what to set."""
    nobody = dict.fromkeys(("registration", "info", "resolved", "key", "views"), NO_URL)
    given = {"credential": NO_KEY, "key": NO_KEY, "belief": nobody}
    cluster = judged("api_key", given)
    (remote,) = cluster.remotes
    assert remote.status is Status.UNKNOWN
    assert remote.coverage.login is Seen.NOT_ASKED
    assert "credential" in remote.coverage.hints["login"]
    assert exit_code(report([cluster], NOW)) == 5
    text = render(report([cluster], NOW), "text")
    assert "key \N{EN DASH}" in text
    assert "set credential" in text


def test_a_standing_connection_vouches_for_the_key() -> None:
    """The local cluster says itself that it is connected: the key was good then."""
    (remote,) = judged("api_key", {"credential": NO_KEY, "key": NO_KEY}).remotes
    assert remote.coverage.login is Seen.YES
    assert remote.status is Status.OK


def test_a_part_whose_question_is_open_is_not_seen() -> None:
    """A handshake that completes shows no trust where diag has no CA, and a key that got no answer is not accepted."""
    given = {"trust": {"files": [], "public_roots": True}, "chain": {"trusted": False}}
    (remote,) = judged("api_key", given).remotes
    assert (remote.status, remote.coverage.tls, remote.coverage.login) == (Status.UNKNOWN, Seen.UNKNOWN, Seen.YES)
    (remote,) = judged("api_key", {"key": {"verdict": "unclear", "detail": "no answer"}}).remotes
    assert (remote.status, remote.coverage.tls, remote.coverage.login) == (Status.UNKNOWN, Seen.YES, Seen.UNKNOWN)


def test_a_peer_that_hangs_up_for_lack_of_a_certificate_was_not_asked() -> None:
    """Whoever gave diag no client certificate learns what to set, and not that the login or the node failed."""
    nobody = dict.fromkeys(("registration", "info", "resolved", "key", "views"), NO_URL)
    given = {
        "identity": {
            "unavailable": "no transport.certificate is configured",
            "step": "configuration",
            "reason": "not_told",
        },
        "tls": {"client_certificate_requested": True, "client_certificate_sent": False, "after": "alert", "alert": 116},
        "transport": {"reply": "alert"},
        "belief": nobody,
    }
    (remote,) = judged("certificate", given).remotes
    assert remote.status is Status.UNKNOWN
    assert (remote.coverage.tls, remote.coverage.node, remote.coverage.login) == (
        Seen.YES,
        Seen.NOT_ASKED,
        Seen.NOT_ASKED,
    )
    assert "transport.certificate" in remote.coverage.hints["login"]
    given["tls"] = {**given["tls"], "client_certificate_sent": True}
    (remote,) = judged("certificate", given).remotes
    assert (remote.coverage.node, remote.coverage.login) == (Seen.NO, Seen.NO)


@pytest.mark.parametrize(
    ("given", "part", "seen"),
    [
        ({"leaf": {"not_after": "2026-01-18T12:00:00Z"}}, "tls", Seen.YES),  # Ends in three days.
        ({"leaf": {"not_after": "2026-01-14T12:00:00Z"}}, "tls", Seen.NO),
        ({"remote_api": {"key": {"record": {"expires": "2026-01-17T12:00:00Z"}}}}, "login", Seen.YES),
        (
            {"remote": {"use": {"replicate": ["x"]}}, "remote_api": {"key": {"record": {"replication": []}}}},
            "login",
            Seen.YES,
        ),
        ({"key": {"verdict": "expired", "detail": "x"}}, "login", Seen.NO),
    ],
)
def test_what_is_to_come_and_what_a_login_may_spoil_nothing(given: dict[str, Any], part: str, seen: Seen) -> None:
    """A certificate and a key that end soon are taken today, and a key that may not replicate is taken too."""
    (remote,) = judged(
        "api_key", {**given, "belief": {"info": {"connected": False, "open": 0}, "resolved": {"connected": False}}}
    ).remotes
    assert remote.status is Status.FAIL
    assert dict(remote.coverage.parts)[part] is seen


def test_a_login_at_the_other_interface_is_none() -> None:
    """A remote cluster server answers the transport handshake of anybody; it wants a key, and a certificate is no login there."""
    given = {
        "tls": {"client_certificate_requested": False, "client_certificate_sent": False},
        "interface": {"interface": "remote_cluster_server"},
        "belief": {"info": {"connected": False, "open": 0}, "resolved": {"connected": False}},
    }
    (remote,) = judged("certificate", given).remotes
    assert remote.root_causes == ("config/port-model-mismatch",)
    assert (remote.coverage.node, remote.coverage.login) == (Seen.NO, Seen.NO)


@pytest.mark.parametrize(
    "reason",
    [
        "refused",
        "too_many_requests",
        "server_error",
        "not_found",
        "not_elasticsearch",
        "timed_out",
        "redirected",
        "tls_failed",
        "not_usable",
    ],
)
def test_an_api_that_cannot_be_asked_leaves_its_cluster_unknown(reason: str) -> None:
    """In the status, in the exit code, for Nagios and in the text."""
    silent = {**SILENT, "reason": reason}
    given = {
        "cluster": {"hosts": ["eu.example"]},
        "local_api": dict.fromkeys(("identity", "nodes", "registrations"), silent),
    }
    cluster = judged("api_key", given)
    assert cluster.unanswered is not None
    assert cluster.status is Status.UNKNOWN
    whole = report([cluster], NOW)
    assert (exit_code(whole), nagios_code(whole)) == (5, 3)
    assert "REMOTES UNKNOWN" in render(whole, "nagios")
    assert "because the API at http://127.0.0.1:9" in render(whole, "text").replace("\n      ", " ")
    assert 'diag_cluster_status{cluster="search-eu"} 3' in render_report_series(whole)


def test_a_remote_api_that_cannot_be_asked_leaves_its_remote_unknown() -> None:
    """The witness that is named was not heard."""
    (remote,) = judged("api_key", {"remote_api": dict.fromkeys(("identity", "nodes"), SILENT)}).remotes
    assert remote.coverage.remote_view is Seen.UNKNOWN
    assert remote.status is Status.UNKNOWN


def test_a_choice_of_checks_is_never_ok() -> None:
    """It passed: the head says how many checks of how many, the status is unknown, the exit code 0."""
    cluster = judged("api_key", {}, "version/*")
    whole = report([cluster], NOW)
    assert (whole.status, exit_code(whole)) == (Status.UNKNOWN, 0)
    text = render(whole, "text")
    known = len(caselib.catalogue().checks)
    assert f"{len(caselib.catalogue().choose(('version/*',)))} of {known} checks" in text
    assert "✓ passed" in text
    assert "✓ ok" not in text
    refused = {"unavailable": "refused", "step": "connect", "reason": "refused"}
    assert (
        judged("api_key", {"connection": refused, "tls": refused, "chain": refused}, "version/*").status
        is Status.UNKNOWN
    )


def test_a_choice_with_every_essential_question_may_be_ok() -> None:
    """Who leaves out what is not essential still knows that the remote is well."""
    evidence = caselib.evidence(dict(caselib.base_of("api_key")))
    catalogue = caselib.catalogue()
    cluster = judge(evidence, catalogue.choose((), ("ccr/*",)), Policy(), catalogue.checks)
    assert cluster.remotes[0].status is Status.OK


def test_a_refused_port_is_a_no() -> None:
    """Looked, and failed; what lies behind was not asked."""
    refused = {"unavailable": "refused", "step": "connect", "reason": "refused"}
    (remote,) = judged("api_key", {"connection": refused, "tls": refused, "chain": refused, "key": refused}).remotes
    parts = dict(remote.coverage.parts)
    assert (parts["address"], parts["tcp"], parts["tls"], parts["node"]) == (
        Seen.YES,
        Seen.NO,
        Seen.NOT_ASKED,
        Seen.NOT_ASKED,
    )

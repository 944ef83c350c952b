"""How the engine calls checks and folds what they say."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from diag.check import Applies, Check, NotApplicable, Scope, Unknown, Yields, check
from diag.engine import judge
from diag.model import (
    Chain,
    ClusterEvidence,
    Connection,
    Endpoint,
    Endpoints,
    Finding,
    Keystore,
    LocalCluster,
    Outcome,
    Remote,
    Resolution,
    Result,
    SecurityModel,
    Severity,
    Unavailable,
)
from tests import caselib


def evidence(**given: Any) -> ClusterEvidence:
    """Give the healthy API key evidence with patches."""
    return caselib.evidence(caselib.merge(caselib.base_of("api_key"), given))


def one(found: Check, **given: Any) -> Result:
    """Judge with one check."""
    report = judge(evidence(**given), [found])
    return [*report.results, *report.remotes[0].results][0]


def test_a_check_gets_the_evidence_that_it_names_by_type() -> None:
    """Parameters are filled by the type of their annotation."""
    seen: list[object] = []

    @check("x/all", severity=Severity.INFO)
    def sees(remote: Remote, chain: Chain, resolution: Resolution) -> Yields:
        seen.extend([remote.alias, chain.leaf.subject, resolution.addresses])
        return ()

    assert one(sees).outcome == Outcome.PASS
    assert seen == ["logs", "CN=logs.example", ("192.0.2.10",)]


def test_missing_evidence_is_unknown_and_the_check_is_not_called() -> None:
    """A refused port makes what needs a connection unknown, because of the refusal."""

    @check("x/connected", severity=Severity.CRITICAL)
    def never(connection: Connection) -> Yields:
        pytest.fail(f"called with {connection}")
        return ()

    result = one(
        never,
        connection={"unavailable": "192.0.2.10:9443 refused the connection", "step": "connect", "reason": "refused"},
    )
    assert result.outcome == Outcome.UNKNOWN
    assert result.because == "192.0.2.10:9443 refused the connection"


@pytest.mark.parametrize("essential", [True, False])
def test_what_nobody_configured_is_no_question(essential: bool) -> None:  # noqa: FBT001 -- a parameter of the test.
    """A pack need not know: what is not configured is skipped, unless nobody may do without the answer; what could not be had is unknown."""

    @check("x/key", severity=Severity.ERROR, essential=essential)
    def key(keystore: Keystore, remote: Remote) -> Yields:  # noqa: ARG001 -- asks for them.
        return ()

    untold = one(key, keystore={"unavailable": "no keystore is declared"})
    assert untold.outcome == (Outcome.UNKNOWN if essential else Outcome.SKIP)
    unread = one(key, keystore={"unavailable": "not read", "step": "file", "reason": "missing_file"})
    assert unread.outcome == Outcome.UNKNOWN
    assert [str(piece) for piece in unread.missing] == ["not read"]


def test_a_check_may_ask_to_be_told_of_missing_evidence() -> None:
    """``X | Unavailable`` is handed over either way."""

    @check("x/either", severity=Severity.ERROR)
    def either(keystore: Keystore | Unavailable, remote: Remote) -> Yields:  # noqa: ARG001 -- sets the scope.
        if isinstance(keystore, Unavailable):
            yield Finding(summary="not told", remedy="tell")

    assert one(either, keystore={"unavailable": "not told"}).outcome == Outcome.FAIL
    assert one(either).outcome == Outcome.PASS


def test_without_an_address_everything_behind_it_is_unknown() -> None:
    """No usable address: checks of the wire are unknown, with the reason."""

    @check("x/tls", severity=Severity.ERROR)
    def tls(chain: Chain) -> Yields:  # noqa: ARG001 -- asks for it.
        return ()

    result = one(tls, endpoints={"unavailable": "no address is configured", "reason": "no_address"})
    assert (result.outcome, result.because) == (Outcome.UNKNOWN, "no address is configured")


def test_nothing_looked_at_is_unknown_and_never_a_skip() -> None:
    """An empty list of endpoints, or a name with no probe at all, answers no question of the wire."""

    @check("x/tls", severity=Severity.ERROR, essential=True)
    def tls(chain: Chain) -> Yields:  # noqa: ARG001 -- asks for it.
        return ()

    assert one(tls, endpoints={"all": []}).outcome == Outcome.UNKNOWN
    bare = evidence()
    assert not isinstance(bare.remotes[0].endpoints, Unavailable)
    empty = dataclasses.replace(bare.remotes[0].endpoints.all[0], probes=())
    remote = dataclasses.replace(bare.remotes[0], endpoints=Endpoints(all=(empty,)))
    report = judge(dataclasses.replace(bare, remotes=(remote,)), [tls])
    assert report.status == "unknown"


def test_an_unresolved_name_makes_its_probes_unknown() -> None:
    """There is no probe to look at; the reason is that of the resolution."""

    @check("x/tls", severity=Severity.ERROR)
    def tls(chain: Chain) -> Yields:  # noqa: ARG001 -- asks for it.
        return ()

    assert (
        "no such name"
        in one(tls, resolution={"unavailable": "no such name", "step": "dns", "reason": "no_such_name"}).because
    )


@check("x/dates", severity=Severity.WARNING)
def leaf_subject(chain: Chain) -> Yields:
    """Flag leaves that are called old."""
    if "old" in chain.leaf.subject:
        yield Finding(summary="The certificate is old.", remedy="renew")


def test_the_same_finding_at_several_addresses_is_one() -> None:
    """It names the addresses, and how many of how many."""
    result = one(
        leaf_subject,
        leaf={"subject": "CN=old"},
        more_probes=[{"ip": "192.0.2.11"}, {"ip": "192.0.2.12", "leaf": {"subject": "CN=new"}}],
    )
    (finding,) = result.findings
    assert finding.facts["addresses"] == ("192.0.2.10:9443", "192.0.2.11:9443")
    assert finding.summary == "The certificate is old (at 2 of 3 addresses: 192.0.2.10:9443, 192.0.2.11:9443)."


def test_a_pass_at_one_address_and_silence_at_another_is_no_pass() -> None:
    """Missing input is never a pass, also where it is missing in part."""
    result = one(
        leaf_subject,
        more_probes=[{"ip": "192.0.2.11", "chain": {"unavailable": "timed out", "step": "tls", "reason": "timed_out"}}],
    )
    assert (result.outcome, result.partial) == (Outcome.UNKNOWN, True)


def test_a_crash_is_an_error_and_never_a_pass() -> None:
    """Whatever a check raises, the others are judged; the text of the exception is not shown."""

    @check("x/crash", severity=Severity.ERROR)
    def crash(remote: Remote) -> Yields:
        raise RuntimeError(remote.alias)

    @check("x/exit", severity=Severity.ERROR)
    def leave(remote: Remote) -> Yields:
        raise SystemExit(remote.alias)

    report = judge(evidence(), [crash, leave, leaf_subject])
    assert [r.outcome for r in report.remotes[0].results] == [Outcome.ERROR, Outcome.ERROR, Outcome.PASS]
    assert "RuntimeError" in report.remotes[0].results[0].because
    assert report.status == "unknown"


def test_a_check_that_yields_nonsense_is_an_error() -> None:
    """Only the three kinds of answer count."""

    @check("x/nonsense", severity=Severity.ERROR)
    def nonsense(remote: Remote) -> Yields:
        yield remote.alias  # type: ignore[misc]

    assert one(nonsense).outcome == Outcome.ERROR


def test_a_check_that_never_ends_is_cut() -> None:
    """An endless generator does not take the report with it."""

    @check("x/endless", severity=Severity.ERROR)
    def endless(remote: Remote) -> Yields:
        while True:
            yield Finding(summary=f"again {remote.alias}", remedy="stop")

    assert len(one(endless).findings) == 1


def test_skip_needs_everybody() -> None:
    """Not applicable at one address and fine at the other is a pass."""

    @check("x/some", severity=Severity.ERROR)
    def some(connection: Connection) -> Yields:
        if connection.ip.endswith(".10"):
            yield NotApplicable("not here")

    assert (one(some).outcome, one(some).because) == (Outcome.SKIP, "not here")
    assert one(some, more_probes=[{"ip": "192.0.2.11", "connection": {"ip": "192.0.2.11"}}]).outcome == Outcome.PASS


def test_a_finding_beats_not_knowing() -> None:
    """What was found is reported; what could not be told does not hide it."""

    @check("x/both", severity=Severity.ERROR)
    def both(remote: Remote) -> Yields:
        yield Unknown("half of it")
        yield Finding(summary=f"{remote.alias} is wrong", remedy="mend")

    assert one(both).outcome == Outcome.FAIL


def test_applicability_skips_with_the_reason() -> None:
    """A check for another model is skipped, and says so."""

    @check("x/cert", severity=Severity.ERROR, applies=Applies(models=(SecurityModel.CERTIFICATE,)))
    def cert(remote: Remote) -> Yields:
        pytest.fail(remote.alias)
        return ()

    assert (one(cert).outcome, one(cert).because) == (Outcome.SKIP, "security model is api_key")


def test_cluster_checks_stand_in_the_cluster() -> None:
    """A check that asks for nothing of a remote runs once for the cluster."""

    @check("x/cluster", severity=Severity.WARNING)
    def cluster_check(cluster: LocalCluster) -> Yields:
        yield Finding(summary=cluster.name, remedy="none")

    report = judge(evidence(), [cluster_check])
    assert [r.check for r in report.results] == ["x/cluster"]
    assert report.remotes[0].results == ()
    assert Scope.CLUSTER is cluster_check.scope


def test_an_unreadable_remote_is_unknown_to_checks_of_its_settings() -> None:
    """Where the settings could not be read, a check of the settings is told so."""

    @check("x/settings", severity=Severity.ERROR)
    def settings(remote: Remote) -> Yields:  # noqa: ARG001 -- asks for it.
        return ()

    assert (
        "403"
        in one(
            settings,
            unreadable={"unavailable": "the settings could not be read: 403", "step": "api", "reason": "forbidden"},
        ).because
    )


def test_a_wrong_annotation_fails_at_import() -> None:
    """The error names the check, the parameter and what is allowed."""
    with pytest.raises(TypeError, match=r"check x/wrong: parameter 'number'.*expected one of"):

        @check("x/wrong", severity=Severity.ERROR)
        def wrong(number: int) -> Yields:  # noqa: ARG001 -- wrong on purpose.
            return ()


@pytest.mark.parametrize("bad", ["", "x", "X/y", "x/", "x/y z", "x/y/z", "-x/y"])
def test_a_malformed_id_is_refused(bad: str) -> None:
    """An id is group/problem."""
    with pytest.raises(ValueError, match="expected group/problem"):
        check(bad, severity=Severity.INFO)


def test_endpoint_checks_run_for_each_configured_address() -> None:
    """A check of a resolution is called once for each dialled address."""
    seen = []

    @check("x/endpoint", severity=Severity.INFO)
    def endpoints(endpoint: Endpoint) -> Yields:
        seen.append(str(endpoint))
        return ()

    one(endpoints, more_endpoints=[{"endpoint": {"host": "two.example"}}])
    assert seen == ["logs.example:9443", "two.example:9443"]

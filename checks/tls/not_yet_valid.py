"""The check tls/not-yet-valid."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._validity import DAY, in_days
from checks.tls._validity_period import moment, undecided, validity_periods
from diag.check import Applies, Yields, check
from diag.model import Chain, ClusterEvidence, Finding, RemoteEvidence, Severity, Unavailable


@check(
    "tls/not-yet-valid",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_HANDSHAKE,),
    tags=("tls", "dates", "clock"),
    source="Elasticsearch SslDiagnostics; RFC 5280 section 4.1.2.5",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def not_yet_valid(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable
) -> Yields:
    """A certificate is not valid yet.

    Why it matters: until its first moment comes, the other side refuses it like an expired one.

    How to fix: if it begins within a day, compare the clocks of this machine, of the nodes and of the machine that issued
    it. Otherwise wait, or have it reissued with an earlier first day.

    Example: a certificate made in a container whose clock runs two hours ahead.
    """
    now, found = cluster_evidence.now, False
    for one in validity_periods(cluster_evidence, remote_evidence, chain):
        if one.not_before is not None and not now.has_come(one.not_before):
            found, ahead = True, one.not_before - now.at
            hint = " Less than a day ahead: a clock that is off is the likely cause." if ahead < DAY else ""
            yield Finding(
                summary=f"Not valid yet: {one.what} ({one.name}) begins in {in_days(ahead)}, on "
                f"{moment(one.not_before)}, by the clock of this machine.{hint}{one.excuse}",
                remedy="Compare the clocks of this machine, of the nodes, and of where it was issued; if they agree, wait for its first day or "
                "reissue it.",
                fix=inspect("timedatectl"),
                severity=Severity.ERROR if one.is_needed else Severity.WARNING,
                facts={
                    "observed": moment(one.not_before),
                    "expected": f"before {moment(now.at)}",
                    **one.facts(now.at),
                },
            )
    if not found:
        yield from undecided(remote_evidence, chain)

"""The check tls/expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls._validity import in_days
from checks.tls._validity_period import ValidityPeriod, in_files, moment, undecided, validity_periods
from diag.check import Applies, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Finding,
    RemoteEvidence,
    Severity,
    Unavailable,
)


def _documents(cluster_evidence: ClusterEvidence, files: CertificateFiles) -> Yields:
    now = cluster_evidence.now
    for one, origin in in_files(files):
        if now.has_passed(one.not_after):
            yield replace(_finding(one, now.at), origin=origin)


@check(
    "tls/expired",
    second_hop=True,
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.SAME_CA, docs.API_SSL_CERTIFICATES),
    tags=("tls", "dates"),
    source="Elasticsearch SslDiagnostics; RFC 5280 section 4.1.2.5",
    explains=("tls/expiring-soon", "tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def expired(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable) -> Yields:
    """A certificate has expired.

    Why it matters: an expired certificate of the peer, or of an intermediate CA, makes the local cluster refuse the connection;
    an expired certificate of the local cluster makes the remote cluster refuse it. One that the chain does not need is a warning, and so is
    a trusted CA: Java does not look at its dates, other programs do, and nothing good can be issued by it any more.

    How to fix: renew the certificate. Signed by the same CA, it keeps the trust of the other side; put it on every node.

    Example: the certificate of a node runs out three years after ``elasticsearch-certutil`` made it.
    """
    now, found = cluster_evidence.now, False
    for one in validity_periods(cluster_evidence, remote_evidence, chain):
        if now.has_passed(one.not_after):
            found = True
            yield _finding(one, now.at)
    if not found:
        yield from undecided(remote_evidence, chain)


def _finding(one: ValidityPeriod, now: datetime) -> Finding:
    return Finding(
        summary=f"Expired: {one.what} ({one.name}), {in_days(now - one.not_after)} ago, on "
        f"{moment(one.not_after)}, by the clock of this machine.{one.excuse}",
        remedy=one.remedy,
        severity=Severity.CRITICAL if one.is_needed else Severity.WARNING,
        facts={"observed": moment(one.not_after), "expected": f"after {moment(now)}", **one.facts(now)},
    )

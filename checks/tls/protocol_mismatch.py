"""The check tls/protocol-mismatch."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.certificate_text import server_prefix
from checks.shared.fixes import on_remote_nodes, yml
from checks.tables import docs
from checks.tls._handshake import how_it_ended
from checks.tls._protocols import nothing_in_common
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    Fix,
    RemoteEvidence,
    Severity,
    TlsAttempt,
    TlsResult,
)

_OLD_PROTOCOLS: Final = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})
_PROTOCOL_VERSION: Final = 70


@check(
    "tls/protocol-mismatch",
    severity=Severity.ERROR,
    while_connected=Severity.WARNING,
    docs=(docs.TLS_VERSIONS_BY_JDK, docs.ECE_TLS_VERSION),
    tags=("tls",),
    source="documentation: supported TLS versions by JDK version; elasticsearch#121731; RFC 8446 section 6.2",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def protocol_mismatch(cluster: ClusterEvidence, remote_evidence: RemoteEvidence, tls: TlsAttempt) -> Yields:
    """The two sides have no usable TLS version in common.

    Why it matters: Elasticsearch offers TLS 1.3 and 1.2. Its Java refuses 1.0 and 1.1 since about release 7.12.1, and
    from 9.0 on they are gone from the defaults too.

    How to fix: allow TLS 1.2 or 1.3 on the side that lacks it: ``supported_protocols`` of the interface's settings,
    or the policy of the balancer in front of it.

    Example: an old balancer in front of the remote cluster speaks TLS 1.1 at most.
    """
    remedy = "Let the nodes of the remote cluster speak TLS 1.2 and 1.3, as by default, or allow TLS 1.2 on the balancer that ends TLS in front of it."
    if tls.alert == _PROTOCOL_VERSION:
        yield Finding(
            summary="The peer refuses every TLS version it was offered (alert 70, protocol_version); expected TLS 1.2 or 1.3.",
            remedy=remedy,
            fix=_fix(remote_evidence),
            facts={"observed": "alert 70", "expected": ("TLSv1.2", "TLSv1.3"), "alert": _PROTOCOL_VERSION},
        )
    elif tls.protocol in _OLD_PROTOCOLS:
        yield Finding(
            summary=f"The newest version that the peer speaks is {tls.protocol}; Elasticsearch needs TLS 1.2 or 1.3.",
            remedy=remedy,
            fix=_fix(remote_evidence),
            facts={"observed": tls.protocol, "expected": ("TLSv1.2", "TLSv1.3")},
        )
    elif apart := nothing_in_common(cluster, remote_evidence, tls):
        yield apart
    elif tls.result is TlsResult.NOT_TLS:
        yield NotApplicable("the port does not speak TLS")
    elif not tls.protocol:
        yield Unknown(f"no TLS version was agreed on: {how_it_ended(tls)}")


def _fix(remote_evidence: RemoteEvidence) -> tuple[Fix, ...]:
    setting = f"{server_prefix(remote_evidence.remote)}.supported_protocols"
    return on_remote_nodes(yml=[yml(setting, ["TLSv1.3", "TLSv1.2"])])

"""The check auth/signature-missing."""

from __future__ import annotations

from checks.auth._identity import signing
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import on_local_nodes
from checks.shared.key_trial import has_verdict, only_with
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    KeyTrial,
    KeyVerdict,
    Remote,
    RemoteEvidence,
    ResolvedCluster,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    shorten,
)


@check(
    "auth/signature-missing",
    severity=Severity.WARNING,
    severities=(Severity.CRITICAL,),
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_STRONG_IDENTITY,),
    tags=("api-key", "strong-identity"),
    source="elasticsearch#134137, elasticsearch#134604; documentation: strong identity verification",
    explains=REQUESTS_REFUSED,
)
def signature_missing(
    remote_evidence: RemoteEvidence,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
    resolved: ResolvedCluster | Unavailable,
) -> Yields:
    """The API key is bound to a certificate identity, so that requests have to be signed.

    Why it matters: the remote cluster takes such a key only from a local cluster that signs with the right certificate. The key is
    tried here without a signature, because the signing key stays on the nodes: whether they sign shows by what the local cluster
    reports, and can't be seen from here.

    How to fix: set ``cluster.remote.<alias>.signing.certificate`` and ``.key`` on each node of the local cluster (9.3 or newer).

    Example: a key that was created with ``certificate_identity: "CN=search-eu"``.
    """
    error = resolved.error if isinstance(resolved, ResolvedCluster) else ""
    if ErrorKind.KEY_NEEDS_SIGNATURE.fits(error):
        yield Finding(
            summary="The API key is bound to a certificate identity, and the local cluster does not sign its requests: they are refused. "
            f"It says: {shorten(error, MAX_ERROR_LENGTH)}",
            remedy="Let each node of the local cluster sign its requests with the certificate that the key names.",
            fix=on_local_nodes(yml=signing(remote)),
            severity=Severity.CRITICAL,
            facts={
                "observed": "no signature",
                "expected": "a signed request",
                "error": shorten(error, MAX_ERROR_LENGTH),
            },
        )
    elif has_verdict(key, KeyVerdict.IDENTITY_REQUIRED) and remote_evidence.connection_established:
        yield NotApplicable(
            "the key is bound to a certificate identity, and the local cluster is connected: its nodes sign"
        )
    elif has_verdict(key, KeyVerdict.IDENTITY_REQUIRED):
        yield Finding(
            summary="The API key is bound to a certificate identity, and is refused without a signature; its id and secret are right.",
            remedy="Make sure that each node of the local cluster signs its requests. If they do, acknowledge this finding.",
            fix=on_local_nodes(yml=signing(remote), when="if they do not sign yet"),
            facts={"observed": "no signature", "expected": "a signed request"},
        )
    yield from only_with(KeyVerdict.IDENTITY_REQUIRED, key, hello, tls)

"""The check auth/signing-ca-not-trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.auth._identity import signing as signing_lines
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import on_local_nodes, on_remote, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Certificate,
    ErrorKind,
    Finding,
    Kind,
    Remote,
    ResolvedCluster,
    Severity,
    SigningIdentity,
    Unavailable,
    listed,
    shorten,
)

_TRUSTED: Final = "cluster.remote.signing.certificate_authorities"
_CLIENT: Final = frozenset({"clientauth", "any", "anyextendedkeyusage", "2.5.29.37.0"})


@check(
    "auth/signing-ca-not-trusted",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("api-key", "strong-identity", "ca"),
    source="documentation: strong identity verification; Elasticsearch verifies the certificate of a signature as that of a TLS client",
    explains=("auth/signature-missing", "auth/key-invalid", *REQUESTS_REFUSED),
)
def signing_ca_not_trusted(
    remote: Remote, signing: SigningIdentity | Unavailable, resolved: ResolvedCluster | Unavailable
) -> Yields:
    """The remote cluster does not trust the certificate that the local cluster signs its requests with.

    Why it matters: each signature brings its certificate, and the remote cluster looks for a way to one of
    ``cluster.remote.signing.certificate_authorities``, as it does for a TLS client: the usages count too. Where there is none, each
    request is refused, whatever the key.

    How to fix: add the CA of the signing certificate to ``cluster.remote.signing.certificate_authorities`` of the remote cluster. Elastic
    Cloud has one CA a region: that of another region has to be uploaded as a bundle.

    Example: the local deployment is in another region, and the remote one has ``internal_tls_ca.crt``.
    """
    error = resolved.error if isinstance(resolved, ResolvedCluster) else ""
    if ErrorKind.SIGNATURE_NOT_VERIFIED.fits(error):
        local_side = signing if isinstance(signing, SigningIdentity) else None
        yield _finding(remote, local_side, "the remote cluster says that it could not verify it")
    elif isinstance(signing, Unavailable):
        yield missing(signing)
    elif signing.problem:
        yield Unknown(f"{shorten(signing.path)}: {shorten(signing.problem)}")
    else:
        yield from _by_files(remote, signing)


def _by_files(remote: Remote, signing: SigningIdentity) -> Iterator[Finding | Unknown | NotApplicable]:
    usages = _lacking_usages(signing.chain[0]) if signing.chain else ""
    if usages:
        yield _finding(remote, signing, usages)
    elif isinstance(signing.trust, Unavailable):
        yield missing(signing.trust)
    elif signing.verified is None:
        problems = [f"{file.path}: {file.problem}" for file in signing.trust.files if file.problem]
        yield Unknown(f"which CAs the remote cluster trusts for signatures could not be read: {listed(problems, 3)}")
    elif not signing.verified.trusted:
        names = listed([ca.subject for ca in signing.trust.anchors], 3)
        yield _finding(
            remote, signing, f"no way leads from it to the CAs that the remote cluster trusts for signatures ({names})"
        )


def _lacking_usages(leaf: Certificate) -> str:
    extended = {usage.replace("_", "").lower() for usage in leaf.extended_key_usage or ()}
    if leaf.extended_key_usage is not None and not extended & _CLIENT:
        return "its extended key usage lacks clientAuth, and Java verifies it as that of a client"
    if leaf.key_usage is not None and "digital_signature" not in leaf.key_usage:
        return "its key usage lacks digitalSignature"
    return ""


def _finding(remote: Remote, signing: SigningIdentity | None, why: str) -> Finding:
    chain = signing.chain if signing is not None else ()
    issuer = shorten(chain[-1].issuer, 120) if chain else "the CA of the signing certificate"
    which = f"{shorten(signing.subject, 120)} ({shorten(signing.path)})" if signing is not None else "its certificate"
    bundle = (
        ", uploaded as a bundle where the local deployment is in another region" if remote.kind is Kind.HOSTED else ""
    )
    return Finding(
        summary=f"The local cluster signs its requests with {which}, and the remote cluster does not accept that: {why}.",
        remedy=f"Add the CA of the signing certificate ({issuer}{bundle}) to those that the remote cluster trusts for signatures, which counts "
        "for all who sign. Or sign with a certificate of a CA that is there, with clientAuth and digitalSignature or without these extensions.",
        fix=(
            *on_remote(put_settings({_TRUSTED: ["<those that are there>", "<file of the CA>"]})),
            *on_local_nodes(yml=signing_lines(remote), when="or, to sign with another certificate"),
        ),
        facts={
            "observed": why,
            "expected": "a certificate that the remote cluster trusts for signatures",
            "issuer": issuer,
        },
    )

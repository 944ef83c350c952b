"""The check trust/othername-encoding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.certificate_files import leaves
from checks.shared.fixes import at
from checks.shared.presented_names import COMMON_NAME, Presented
from checks.tables import docs
from checks.trust._other_name import REISSUE, reissue, yield_presented
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    Finding,
    Fix,
    Layer,
    LocalCluster,
    OtherName,
    RemoteEvidence,
    Severity,
    Unavailable,
    Where,
    X509Field,
    command,
    shorten,
)


def _documents(files: CertificateFiles) -> Yields:
    for one in leaves(files):
        if any(name.oid == COMMON_NAME for name in one.certificate.other_names):
            for found in _encodings(Presented("local", "trust management", one.certificate)):
                yield replace(found, origin=one.origin)


@check(
    "trust/othername-encoding",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.CERTUTIL, docs.HOSTED_TO_SELF_MANAGED),
    tags=("othername", "certificate"),
    source="Elasticsearch X509Field, DerParser: which encodings of an otherName are read",
    explains=(
        *NOT_ADMITTED,
        "trust/othername-missing",
        "trust/restrictions-no-match",
        "trust/cn-pattern-mismatch",
        *NO_CONNECTION,
    ),
    leaves_open=("trust/*",),
    in_documents=_documents,
)
def othername_encoding(remote_evidence: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """An otherName is there, and Elasticsearch does not read it as the name that is meant.

    Why it matters: read are names with object identifier 2.5.4.3 whose value is a string under one explicit tag, as
    ``elasticsearch-certutil`` writes them. Anything else is passed over, and the certificate counts as one without a name.

    How to fix: make the certificate anew with ``elasticsearch-certutil``, or in an OpenSSL configuration with
    ``otherName:2.5.4.3;UTF8:<name>``.

    Example: a company CA put the name into a user principal name (object identifier 1.3.6.1.4.1.311.20.2.3).
    """
    for presented in yield_presented(remote_evidence, cluster, chain):
        if not isinstance(presented, Presented):
            yield presented
        elif not presented.by_other_name or X509Field.DNS_NAME in presented.fields:
            yield NotApplicable(f"{presented.reader} looks at other fields, too (x509_fields)")
        elif not presented.leaf.other_names:
            yield NotApplicable("the certificate carries no otherName; trust/othername-missing is about that")
        else:
            yield from _encodings(presented)


def _encodings(presented: Presented) -> Iterator[Finding]:
    """Judge the best of the otherNames: one that is as it should be is enough."""
    names = presented.leaf.other_names
    if any(_is_text(name) and name.encoding == "UTF8String" for name in names):
        return
    readable = [name for name in names if _is_text(name)]
    name = readable[0] if readable else (presented.of_common_name or names)[0]
    found = name.problem or (f"its type is {name.encoding}" if name.encoding else "it cannot be decoded")
    if readable:
        outcome = "Elasticsearch reads that; other programs may expect a UTF8String"
    elif name.encoding == "OCTET STRING" and name.oid == COMMON_NAME:
        outcome = "Elasticsearch reads its bytes as hexadecimal digits, which match no name"
    else:
        outcome = f"{presented.reader} passes it over"
    yield Finding(
        summary=f"{presented} carries an otherName that is not encoded as expected: {shorten(found)}, "
        f"expected a UTF8String under {COMMON_NAME}. {outcome[0].upper()}{outcome[1:]}.",
        remedy=f"{REISSUE} A CA of another kind signs a request with that otherName.",
        fix=(*reissue(presented.whose), *_request(presented.whose)),
        severity=Severity.WARNING if readable else Severity.ERROR,
        facts={
            "observed": shorten(f"{name.oid} {name.encoding}".strip()) or "unreadable",
            "expected": f"{COMMON_NAME} UTF8String",
            "subject": shorten(presented.leaf.subject),
            "whose": presented.whose,
        },
    )


def _is_text(name: OtherName) -> bool:
    return name.readable and name.oid == COMMON_NAME and name.encoding != "OCTET STRING"


def _request(whose: str) -> tuple[Fix, ...]:
    named = f"subjectAltName=otherName:{COMMON_NAME};UTF8:<name>"
    words = ("openssl", "req", "-new", "-key", "<key>", "-subj", "/CN=<name>", "-addext", named, "-out", "<request>")
    return at(Where.LOCAL if whose == "local" else Where.REMOTE, command(*words), when="for a CA of another kind")

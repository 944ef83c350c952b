"""The check auth/cert-identity-mismatch."""

from __future__ import annotations

import re
from typing import Final

from checks.auth._identity import admits_everything, expression_of, naming
from checks.auth._identity import signing as signing_lines
from checks.auth._key_calls import update_key
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import on_local_nodes
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    ErrorKind,
    Finding,
    Json,
    KeyLookup,
    KeyRecord,
    OfRemote,
    Remote,
    ResolvedCluster,
    Severity,
    SigningIdentity,
    Unavailable,
    shorten,
)

# A name that Java and this side write alike: known attributes, and values with no more to escape than a comma. Java writes attributes of
# other types as a number and the bytes of the value.
_ATTRIBUTE: Final = (
    r"(?:CN|L|ST|O|OU|C|STREET|DC|UID)=[A-Za-z0-9](?:(?:[A-Za-z0-9 ._:/()'@*-]|\\,)*[A-Za-z0-9._:/()'@*-])?"
)


_PLAIN: Final = re.compile(rf"{_ATTRIBUTE}(?:,{_ATTRIBUTE})*")


@check(
    "auth/cert-identity-mismatch",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.API_UPDATE_KEY),
    tags=("api-key", "strong-identity"),
    source="documentation: strong identity verification; elasticsearch#134604; tried on 9.3.2 and 9.5.2: a Java expression on the whole name, "
    "written as in RFC 2253, in which case and spaces count",
    explains=("auth/signature-missing", "auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def cert_identity_mismatch(
    remote_side: OfRemote[KeyLookup] | Unavailable,
    remote: Remote,
    signing: SigningIdentity | Unavailable,
    resolved: ResolvedCluster | Unavailable,
) -> Yields:
    """The API key is bound to a certificate identity that the signing certificate does not have, or to any at all.

    Why it matters: the remote cluster refuses each request whose signature comes with a certificate of another name. An identity of ``.*``
    matches every certificate that the remote cluster trusts, so that it protects little.

    How to fix: make the key's ``certificate_identity`` a regular expression for the whole subject of the certificate under
    ``cluster.remote.<alias>.signing.certificate``, or sign with the certificate that it names.

    Example: ``certificate_identity: "CN=search-eu"``, and a certificate with the subject ``CN=search-eu,O=Acme``.
    """
    error = resolved.error if isinstance(resolved, ResolvedCluster) else ""
    if ErrorKind.KEY_OF_OTHER_IDENTITY.fits(error):
        yield _refused(remote, remote_side, signing, error)
        return
    if isinstance(remote_side, Unavailable):
        yield missing(remote_side)
        return
    record = remote_side.record
    if record is None:
        yield GONE
    elif not record.certificate_identity:
        yield NotApplicable("the key is bound to no certificate identity")
    elif admits_everything(record.certificate_identity):
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} has the certificate identity {shorten(record.certificate_identity, 40)}, which every "
            "certificate matches; expected the subject of the one that the local cluster signs with.",
            remedy="Bind the key to the whole subject of the certificate that the local cluster signs with, as a regular expression.",
            fix=update_key(record, _identity(signing)),
            severity=Severity.WARNING,
            facts={"observed": record.certificate_identity, "expected": "the subject of one certificate"},
        )
    elif isinstance(signing, Unavailable):
        yield missing(signing)
    elif signing.problem:
        yield Unknown(f"{signing.path}: {signing.problem}")
    else:
        yield from _compared(record, remote, signing)


def _refused(
    remote: Remote, remote_side: KeyLookup | Unavailable, signing: SigningIdentity | Unavailable, error: str
) -> Finding:
    """By the words of the remote cluster, which the local one passes on."""
    record = None if isinstance(remote_side, Unavailable) else remote_side.record
    return Finding(
        summary="The API key is bound to another certificate identity than that of the certificate that the local cluster signs with: its "
        f"requests are refused. It says: {shorten(error, MAX_ERROR_LENGTH)}",
        remedy="Sign with the certificate that the key names, or let the key name the one that the local cluster signs with.",
        fix=(
            *on_local_nodes(yml=signing_lines(remote), when="to sign with the certificate that the key names"),
            *(update_key(record, _identity(signing), when="to keep the certificate") if record else ()),
        ),
        facts={"observed": shorten(error, MAX_ERROR_LENGTH), "expected": "the identity that the key names"},
    )


def _identity(signing: SigningIdentity | Unavailable) -> dict[str, Json]:
    if isinstance(signing, SigningIdentity) and _PLAIN.fullmatch(signing.subject):
        return {"certificate_identity": naming(signing.subject)}
    return {"certificate_identity": "<the subject, as a regular expression>"}


def _compared(record: KeyRecord, remote: Remote, signing: SigningIdentity) -> Yields:
    name, identity = record.name, record.certificate_identity
    expression = expression_of(identity)
    if expression is None:
        yield Unknown(
            f"the certificate identity {shorten(identity, 80)} has signs of regular expressions that are not judged here"
        )
    elif not _PLAIN.fullmatch(signing.subject):
        yield Unknown(f"how Elasticsearch writes the subject {shorten(signing.subject, 80)} is not known for sure")
    elif not expression.matches(signing.subject):
        yield Finding(
            summary=f"The key {shorten(name, 80)} is bound to the certificate identity {shorten(identity, 120)}, and the local cluster signs as "
            f"{shorten(signing.subject, 120)}: its requests are refused. Case counts, and there are no spaces after the commas.",
            remedy="Sign with the certificate that the key names, or let the key name the one that the local cluster signs with.",
            fix=(
                *on_local_nodes(yml=signing_lines(remote), when="to sign with the certificate that the key names"),
                *update_key(record, _identity(signing), when="to keep the certificate"),
            ),
            facts={"observed": signing.subject, "expected": identity, "path": signing.path},
        )

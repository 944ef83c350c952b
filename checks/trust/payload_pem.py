"""The check trust/payload-pem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import entry_name, is_missing
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Severity, TrustedCertificate, TrustPayloads, shorten

_DOUBLED: Final = re.compile(r"\\[nr]")
# A certificate in base64 has no dots in a row; the mail that somebody copied it from has.
_CUT: Final = re.compile(r"\.{3}|…|<[^<>]+>|\$\{?\w+\}?|\{\{.*?\}\}|YOUR_\w+", re.IGNORECASE)
_BEGIN: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")


@check(
    "trust/payload-pem",
    severity=Severity.ERROR,
    docs=(docs.API_CLOUD, docs.HOSTED_TO_SELF_MANAGED),
    tags=("documents", "cloud", "ca"),
    source="Elastic Cloud API, TrustedCertificate; RFC 7468: the body is text of several lines",
)
def payload_pem(payloads: TrustPayloads) -> Yields:
    r"""A certificate in the trust settings cannot be read.

    Why it matters: the API refuses the certificate, or takes a text that admits nobody. In JSON the line breaks of a PEM file are written
    ``\n``; written twice as ``\\n`` they are a backslash and a letter.

    How to fix: let a program put the file in: ``jq -n --rawfile ca ca.pem '{pem: $ca}'``.

    Example: ``"pem": "-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----"``.
    """
    entries = [(one, entry) for payload in payloads.all for entry in payload.direct for one in entry.certificates]
    if not entries:
        yield NotApplicable("the trust settings bring no certificate along")
    for one, entry in entries:
        if why := list(_faults(one)):
            yield Finding(
                summary=f"The certificate of the {entry_name(entry)} cannot be used: {'; '.join(why)}.",
                remedy="Put the PEM file of the CA in with a program that writes JSON, such as jq --rawfile.",
                origin=one.origin if one.pem is None else one.pem.origin,
                facts={"observed": tuple(why), "expected": "a certificate in PEM"},
            )


def _faults(one: TrustedCertificate) -> Iterator[str]:
    if one.pem is None or is_missing(one.pem):
        yield "pem is missing or empty"
        return
    if not one.pem.known or one.file.has_private_key:
        return
    text = one.pem.text
    if _DOUBLED.search(text):
        yield r"its line breaks are written \\n, which is a backslash and a letter; expected \n"
    if cut := _CUT.search(_BEGIN.sub("", text)):
        yield f"the placeholder {shorten(cut[0], 40)} stands in it"
    if not _DOUBLED.search(text) and not cut and (one.file.problem or not one.file.certificates):
        yield shorten(one.file.problem) or "it holds no certificate"

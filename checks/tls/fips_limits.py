"""The check tls/fips-limits."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import files_of, is_on
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, SERVER_TLS, TRANSPORT_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Setting, SettingsText, SettingsTexts, Severity, shorten

_FIPS: Final = "xpack.security.fips_mode.enabled"
_STORES: Final = (".jks", ".p12", ".pfx", ".pkcs12")
_TYPES: Final = frozenset({"jks", "pkcs12"})
_OLD: Final = frozenset({"sslv2hello", "sslv3"})


@check(
    "tls/fips-limits",
    severity=Severity.WARNING,
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("documents", "tls", "fips"),
    source="documentation: FIPS 140-2, limitations: key stores of type PKCS#12 and JKS, and protocols before TLSv1, are not to be used",
)
def fips_limits(texts: SettingsTexts) -> Yields:
    """FIPS mode is on, and TLS is set up with what it does not allow.

    Why it matters: in FIPS mode key stores of type PKCS#12 or JKS cannot be used, nor SSLv2Hello and SSLv3: the node does not
    start, or offers less than is written.

    How to fix: use PEM files, or a BCFKS store, and protocols from TLSv1.2 on.

    Example: ``xpack.security.fips_mode.enabled: true`` together with ``keystore.path: elastic-certificates.p12``.
    """
    strict = [one for one in files_of(texts) if is_on(one.get(_FIPS))]
    if not strict:
        yield NotApplicable("no document switches FIPS mode on")
    for text in strict:
        for one in _against(text):
            yield Finding(
                summary=f"{_FIPS} is true, and {shorten(one.key)} is {shorten(one.text)}; expected PEM files or a BCFKS store, and TLSv1.2 or later.",
                remedy="Use PEM files or a BCFKS store, and protocols from TLSv1.2 on.",
                origin=one.origin,
                facts={"setting": one.key, "observed": shorten(one.text)},
            )


def _against(text: SettingsText) -> list[Setting]:
    found = []
    for prefix in (TRANSPORT_TLS, CLIENT_TLS, SERVER_TLS):
        for store in ("keystore", "truststore"):
            path, kind = text.get(f"{prefix}{store}.path"), text.get(f"{prefix}{store}.type")
            if kind is not None and kind.values:
                found += [kind] if kind.text.lower() in _TYPES else []
            elif path is not None and path.text.lower().endswith(_STORES):
                found.append(path)
        protocols = text.get(f"{prefix}supported_protocols")
        if protocols is not None and any(one.lower() in _OLD for one in protocols.parts):
            found.append(protocols)
    return found

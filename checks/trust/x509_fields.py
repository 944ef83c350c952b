"""The check trust/x509-fields."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import files_of
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, SERVER_TLS, TRANSPORT_TLS
from checks.tables.versions import X509_FIELDS_IGNORED, is_within
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, LocalVersion, SettingsTexts, Severity, Unavailable, X509Field, listed, shorten

_KEY: Final = "trust_restrictions.x509_fields"
_KNOWN: Final = tuple(str(one) for one in X509Field)


@check(
    "trust/x509-fields",
    severity=Severity.CRITICAL,
    severities=(Severity.ERROR,),
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("documents", "trust-restrictions"),
    source="elasticsearch#91946; Elasticsearch 8.19.0: a node with another field does not start (not a supported x509 field)",
)
def x509_fields(texts: SettingsTexts, local_version: LocalVersion | Unavailable) -> Yields:
    """The restriction of trust looks at a field of certificates that Elasticsearch does not know, or that the release ignores.

    Why it matters: with an unknown field the node does not start. A release before 7.17.8, and 8.0 to 8.5.2, looks at the otherName alone,
    whatever stands there: certificates without one are refused.

    How to fix: write ``subjectAltName.otherName.commonName``, ``subjectAltName.dnsName``, or both; the setting may be left out.

    Example: ``x509_fields: subjectAltName.DNS``.
    """
    settings = [
        found
        for text in files_of(texts)
        for prefix in (TRANSPORT_TLS, CLIENT_TLS, SERVER_TLS)
        if (found := text.get(f"{prefix}{_KEY}")) is not None and found.values and not found.unset
    ]
    if not settings:
        yield NotApplicable("no document sets x509_fields")
    for one in settings:
        unknown = [field for field in one.parts if field.lower() not in {known.lower() for known in _KNOWN}]
        if unknown:
            yield Finding(
                summary=f"{shorten(one.key)} is {listed(unknown)}; expected {' or '.join(_KNOWN)}: the node does not start.",
                remedy="Write one of the two, or leave the setting out.",
                origin=one.origin,
                facts={"setting": one.key, "observed": tuple(unknown), "expected": _KNOWN},
            )
        elif _is_ignored(local_version) and any(field.lower() != _KNOWN[0].lower() for field in one.parts):
            yield Finding(
                summary=f"{shorten(one.key)} is {listed(one.parts)}, and {local_version} looks at {_KNOWN[0]} alone; expected 7.17.8, 8.5.3 or later.",
                remedy="Upgrade, or give the certificates an otherName and leave the setting out.",
                severity=Severity.ERROR,
                origin=one.origin,
                facts={"setting": one.key, "observed": str(local_version), "expected": "8.5.3"},
            )


def _is_ignored(release: LocalVersion | Unavailable) -> bool:
    return isinstance(release, LocalVersion) and is_within(release.number, X509_FIELDS_IGNORED)

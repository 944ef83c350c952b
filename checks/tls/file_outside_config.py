"""The check tls/file-outside-config."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from checks.shared.documents import files_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, SettingsText, SettingsTexts, Severity, shorten

_NAMING: Final = (
    ".ssl.certificate_authorities",
    ".ssl.certificate",
    ".ssl.key",
    ".ssl.keystore.path",
    ".ssl.truststore.path",
    ".ssl.trust_restrictions.path",
)
# Folders in which no configuration folder of Elasticsearch is: files of the system. An archive may lie in the folder of a user.
_OTHERS: Final = (
    "/etc/ssl/",
    "/etc/pki/",
    "/usr/share/ca-certificates/",
    "/usr/local/share/ca-certificates/",
)
# What stands in the path of a configuration folder, as packages, archives and containers have it.
_SIGNS: Final = frozenset({"config", "conf", "elasticsearch"})


@check(
    "tls/file-outside-config",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("documents", "tls"),
    source="Elasticsearch 8.19.0: access to read the file is blocked; SSL resources should be placed in the [config] directory; debops#2592",
)
def file_outside_config(texts: SettingsTexts) -> Yields:
    """A file for TLS lies outside of the configuration folder.

    Why it matters: a node may read certificates, keys and stores in its configuration folder alone, and does not start with another one,
    whatever the permissions of the file are.

    How to fix: copy the file into the configuration folder of each node, and write its path from there. Where the path does not show whether
    it lies there, this is a warning.

    Example: ``certificate_authorities: /etc/ssl/certs/ca.pem``.
    """
    files = files_of(texts)
    if not files:
        yield NotApplicable("no document is the file of a node")
    for text in files:
        yield from _judge(text)


def _judge(text: SettingsText) -> Yields:
    for one in text.under("xpack.security."):
        if one.unset or not one.key.endswith(_NAMING):
            continue
        places = one.item_origins or (one.origin,) * len(one.parts)
        for path, origin in zip(one.parts, places, strict=False):
            severity = _severity(path, text.name)
            if severity is not None:
                sure = severity is Severity.CRITICAL
                yield Finding(
                    summary=f"{shorten(one.key)} is {shorten(path)}, which {'is' if sure else 'may be'} outside of the configuration folder: "
                    f"the node does not start{'' if sure else ' then'}; expected a path inside of it.",
                    remedy="Copy the file into the configuration folder of each node, and write its path from there.",
                    severity=severity,
                    origin=origin,
                    facts={
                        "setting": one.key,
                        "observed": shorten(path),
                        "expected": "a path in the configuration folder",
                    },
                )


def _severity(path: str, document: str) -> Severity | None:
    """How sure it is that a path leads outside; None where it does not."""
    if not path.startswith("/"):
        depth = 0
        for part in PurePosixPath(path).parts:
            depth += -1 if part == ".." else 1
            if depth < 0:
                return Severity.CRITICAL
        return None
    folder = PurePosixPath(document).parent
    if folder.is_absolute() and PurePosixPath(path).is_relative_to(folder):
        return None
    if path.startswith(_OTHERS):
        return Severity.CRITICAL
    return None if _SIGNS & set(PurePosixPath(path).parent.parts) else Severity.WARNING

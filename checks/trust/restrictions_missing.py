"""The check trust/restrictions-missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.documents import files_of, is_loaded, written
from checks.tables import docs
from checks.tables.settings import TRANSPORT_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CaFile,
    Finding,
    NamedFile,
    NamedFiles,
    Origin,
    SettingsText,
    SettingsTexts,
    Severity,
    Unavailable,
    shorten,
)

_PATH: Final = f"{TRANSPORT_TLS}trust_restrictions.path"
_CAS: Final = f"{TRANSPORT_TLS}certificate_authorities"
# Words by which a CA of Elastic Cloud says what it is, in its subject or its issuer.
_IN_CERTIFICATE: Final = re.compile(
    r"elastic[-_ ]?cloud|cloud[-_ ]region|cloud\.es\.io|found\.(?:io|no)", re.IGNORECASE
)
# What people call the file that they were given there has one of these in it, besides "cloud".
_OF_ELASTIC: Final = re.compile(r"region|elastic|es[sc]?[-_.]|ech")


_SURE: Final = "is the CA of a region of Elastic Cloud"
_BY_NAME: Final = "is by its name the CA of a region of Elastic Cloud"


@check(
    "trust/restrictions-missing",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.TRANSPORT_TLS_SETTINGS),
    tags=("documents", "trust-restrictions", "cloud"),
    source="documentation: remote clusters from Elastic Cloud Hosted to self-managed, restrict the trusted clusters",
)
def restrictions_missing(texts: SettingsTexts, files: NamedFiles | Unavailable) -> Yields:
    """The CA of a region of Elastic Cloud is trusted, and nothing restricts whom.

    Why it matters: one CA signs the certificates of all deployments of a region, whoever they belong to. Without
    ``trust_restrictions`` each of them may open transport connections to the cluster.

    How to fix: set ``xpack.security.transport.ssl.trust_restrictions.path`` to a file that lists the clusters which may connect, and the own
    nodes.

    Example: ``certificate_authorities: [ "ca.crt", "cloud-region-ca.pem" ]`` alone.
    """
    trusting = [one for one in files_of(texts) if one.get(_CAS) is not None and is_loaded(one, TRANSPORT_TLS)]
    if not trusting:
        yield NotApplicable("no document trusts CAs on the transport interface")
    for text in trusting:
        restricted = text.get(_PATH)
        if restricted is not None and restricted.values:
            continue
        for path, origin, sign in _of_cloud(text, files):
            yield Finding(
                summary=f"{shorten(path)} {sign}, and {_PATH} is not set: every deployment of the region may connect, whoever runs it; expected a "
                "list of those that may.",
                remedy="Write a file with the names of the clusters that may connect and of the own nodes, and name it on every node.",
                fix=written(text, {_PATH: "trust.yml"}),
                severity=Severity.CRITICAL if sign == _SURE or _is_there(text, path, files) else Severity.WARNING,
                origin=origin,
                facts={"setting": _PATH, "observed": "not set", "ca": shorten(path)},
            )


def _of_cloud(text: SettingsText, files: NamedFiles | Unavailable) -> Iterator[tuple[str, Origin, str]]:
    """Each file that is trusted and holds such a CA: the path, its place, and by what it was recognised."""
    setting = text.get(_CAS)
    if setting is None:
        return
    places = setting.item_origins or (setting.origin,) * len(setting.parts)
    for path, origin in zip(setting.parts, places, strict=False):
        named = _named(text, path, files)
        if named is not None and named.ca is not None and _says_cloud(named.ca):
            yield path, origin, _SURE
        elif _is_named_so(path.rpartition("/")[2].lower()):
            yield path, origin, _BY_NAME


def _is_named_so(file: str) -> bool:
    return "cloud" in file and _OF_ELASTIC.search(file) is not None


def _says_cloud(ca: CaFile) -> bool:
    return any(_IN_CERTIFICATE.search(f"{one.subject} {one.issuer}") for one in ca.certificates)


def _named(text: SettingsText, path: str, files: NamedFiles | Unavailable) -> NamedFile | None:
    known = () if isinstance(files, Unavailable) else files.all
    return next((one for one in known if (one.document, one.setting, one.path) == (text.name, _CAS, path)), None)


def _is_there(text: SettingsText, path: str, files: NamedFiles | Unavailable) -> bool:
    named = _named(text, path, files)
    return named is not None and named.ca is not None and bool(named.ca.certificates)

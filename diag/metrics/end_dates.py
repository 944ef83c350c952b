"""When what a remote lives by ends, in series: certificates, API keys, licenses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from diag.metrics.label_values import Lines, label
from diag.model import (
    Certificate,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    Credential,
    Endpoints,
    KeyLookup,
    License,
    LoadedCertificates,
    Probe,
    PublishedEndpoints,
    RemoteEvidence,
    SigningIdentity,
    Trust,
    Unavailable,
)

PRESENTED: Final = "diag_certificate_not_after_timestamp_seconds"
CONFIGURED: Final = "diag_configured_certificate_not_after_timestamp_seconds"
LOADED: Final = "diag_loaded_certificate_not_after_timestamp_seconds"
API_KEY: Final = "diag_api_key_expiry_timestamp_seconds"
LICENSE: Final = "diag_license_expiry_timestamp_seconds"
FAMILIES: Final[Mapping[str, str]] = {
    PRESENTED: "When a certificate ends that an address presented, also where verification failed; position 0 is the leaf.",
    CONFIGURED: (
        "When a certificate ends that stands in a file of the configuration: CAs that are trusted for a remote, what the local cluster "
        "presents and signs with; of each file the 10 that end first."
    ),
    LOADED: (
        "When a certificate ends that a node has loaded with its private key, as the node reports; an empty remote is the local cluster."
    ),
    API_KEY: "When the API key of a remote ends, as the remote cluster reports or the answer that made it; one without an end has no series.",
    LICENSE: "When a license ends; an empty remote is the local cluster; one without an end has no series.",
}
_MAX_OF_FILE: Final = 10  # A file may hold the public roots of all the world.


def of_remote(head: str, evidence: RemoteEvidence) -> Lines:
    """Every end that is known of one remote; ``head`` are its labels."""
    return {
        PRESENTED: [line for probe in _probes(evidence) for line in _presented(head, probe)],
        CONFIGURED: [line for file, chain in _files(evidence) for line in _of_file(head, file, chain)],
        LOADED: list(_loaded(head, evidence.api[LoadedCertificates])),
        API_KEY: list(_at(API_KEY, head, _end_of_key(evidence))),
        LICENSE: list(_at(LICENSE, head, _end_of_license(evidence.api[License]))),
    }


def of_cluster(head: str, evidence: ClusterEvidence) -> Lines:
    """Every end that is known of the local cluster itself."""
    head = f'{head},remote=""'
    return {
        LOADED: list(_loaded(head, evidence.api[LoadedCertificates])),
        LICENSE: list(_at(LICENSE, head, _end_of_license(evidence.api[License]))),
    }


def _probes(evidence: RemoteEvidence) -> Iterator[Probe]:
    """What was dialled: the addresses of the remote, and behind them those that its nodes publish."""
    if isinstance(evidence.endpoints, Endpoints):
        yield from evidence.endpoints.probes
    if isinstance(evidence.published, PublishedEndpoints):
        yield from (probe for one in evidence.published.all for probe in one.evidence.probes)


def _presented(head: str, probe: Probe) -> Iterator[str]:
    if isinstance(probe.chain, Chain):
        for position, one in enumerate(probe.chain.certificates):
            yield _certificate(PRESENTED, f'{head},address="{label(str(probe))}",position="{position}"', one)


def _files(evidence: RemoteEvidence) -> Iterator[tuple[str, Iterable[Certificate]]]:
    trusted = [evidence.trust]
    if isinstance(evidence.signing, SigningIdentity):
        yield evidence.signing.path, evidence.signing.chain
        trusted.append(evidence.signing.trust)
    if isinstance(evidence.identity, ClientIdentity):
        yield evidence.identity.path, evidence.identity.chain
    for trust in trusted:
        if isinstance(trust, Trust):
            yield from ((file.path, file.certificates) for file in trust.files)


def _of_file(head: str, file: str, certificates: Iterable[Certificate]) -> Iterator[str]:
    for one in sorted(certificates, key=lambda certificate: certificate.not_after)[:_MAX_OF_FILE]:
        yield _certificate(CONFIGURED, f'{head},file="{label(file)}"', one)


def _certificate(family: str, head: str, one: Certificate) -> str:
    about = f'subject="{label(one.subject)}",fingerprint="{label(one.fingerprint)}"'
    return f"{family}{head},{about}}} {int(one.not_after.timestamp())}\n"


def _loaded(head: str, loaded: LoadedCertificates | Unavailable) -> Iterator[str]:
    for one in () if isinstance(loaded, Unavailable) else loaded.all:
        if one.own and one.expires is not None:
            about = f'file="{label(one.path)}",subject="{label(one.subject)}",serial="{label(one.serial)}"'
            yield f"{LOADED}{head},{about}}} {int(one.expires.timestamp())}\n"


def _end_of_key(evidence: RemoteEvidence) -> datetime | None:
    """What the remote cluster says goes before what was written down when the key was made."""
    reported, written = evidence.api[KeyLookup], evidence.credential
    if isinstance(reported, KeyLookup):
        return None if reported.record is None else reported.record.expires
    return written.expires if isinstance(written, Credential) else None


def _end_of_license(reported: License | Unavailable) -> datetime | None:
    return None if isinstance(reported, Unavailable) else reported.expires


def _at(family: str, head: str, end: datetime | None) -> Iterator[str]:
    if end is not None:
        yield f"{family}{head}}} {int(end.timestamp())}\n"

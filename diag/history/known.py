"""What of a report is worth comparing with the next one: facts that last from round to round unless somebody changed something."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final

from diag.engine import own_status, worst
from diag.history.event import EventKind
from diag.lazy_dataclass import dataclass
from diag.model import (
    REMOTE_SETTINGS,
    Certificate,
    Chain,
    ClientIdentity,
    ClusterReport,
    Endpoints,
    Identity,
    License,
    LocalApi,
    LocalVersion,
    Outcome,
    PublishedEndpoints,
    Reason,
    Registration,
    RemoteApi,
    RemoteEvidence,
    RemoteReport,
    RemoteVersion,
    Resolution,
    Result,
    Status,
    Trust,
    Unavailable,
)
from diag.text import visible

MAX_SUBJECTS: Final = 64  # Of one group: a peer chooses how many settings and addresses there are.
MAX_VALUE: Final = 500
MAX_NAME: Final = 200
_DIGEST: Final = 12
_FAILING: Final = frozenset({Outcome.FAIL})
_NO_VERDICT: Final = frozenset({Outcome.UNKNOWN, Outcome.ERROR})

# Facts of one kind from one source. Those of another source are not compared with them: a release that the wire shows as a range is no
# change of the one that the API reported.
Group = tuple[EventKind, str]
# By subject; None where it could not be had this time.
Facts = Mapping[Group, Mapping[str, str | None]]
SHOWN: Final[Group] = (EventKind.CERTIFICATE, "shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one report says of a remote, or of the local cluster itself. A group that is not there could not be had.

    ``failing`` are the checks that fail, ``unanswered`` those without a verdict.
    """

    status: Status
    root_causes: tuple[str, ...] = ()
    failing: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()
    facts: Facts = field(default_factory=dict)


def seen_in(report: ClusterReport) -> dict[str, Seen]:
    """What a report says, by alias; the local cluster itself stands first, under the empty name."""
    failing = sorted((one for one in report.results if one.counts), key=lambda one: -one.rank)
    evidence = report.evidence
    local = Seen(
        status=own_status(report),
        root_causes=tuple(one.check for one in failing),
        failing=_having(report.results, _FAILING),
        unanswered=_having(report.results, _NO_VERDICT),
        facts=dict(_facts(_of_api(evidence.api, evidence.local_version))),
    )
    found = {"": local}
    for remote in report.remotes:
        if not remote.alias:
            continue  # The empty name is that of the cluster.
        other = found.get(remote.alias)
        if other is None or worst([other.status, remote.status]) is not other.status:
            found[remote.alias] = _remote(remote)
    return found


def _remote(remote: RemoteReport) -> Seen:
    evidence = remote.evidence
    return Seen(
        status=remote.status,
        root_causes=remote.root_causes,
        failing=_having(remote.results, _FAILING),
        unanswered=_having(remote.results, _NO_VERDICT),
        facts=dict(
            _facts(
                (
                    *_of_api(evidence.api, evidence.remote_version),
                    *_settings(evidence),
                    *_addresses(evidence),
                    *_files(evidence),
                )
            )
        ),
    )


def _having(results: Iterable[Result], outcomes: frozenset[Outcome]) -> frozenset[str]:
    return frozenset(one.check for one in results if one.outcome in outcomes)


def _facts(found: Iterable[tuple[Group, Mapping[str, str | None]]]) -> Iterator[tuple[Group, Mapping[str, str | None]]]:
    """Bound what a peer may have written: few subjects, short texts."""
    for group, facts in found:
        few = sorted(facts.items())[:MAX_SUBJECTS]
        yield group, {_cut(subject, MAX_NAME): None if value is None else _cut(value) for subject, value in few}


def _cut(text: str, limit: int = MAX_VALUE) -> str:
    """Write out what is no plain character, and cut a text that is too long so that two that differ behind the cut still do."""
    plain = visible(text[:limit])
    if len(text) <= limit and len(plain) <= limit:
        return plain
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{plain[: limit - _DIGEST - 2]}… {digest}"


def _of_api(
    api: LocalApi | RemoteApi, version: LocalVersion | RemoteVersion | Unavailable
) -> Iterator[tuple[Group, Mapping[str, str | None]]]:
    if not isinstance(version, Unavailable):
        yield (EventKind.RELEASE, version.source), {"": str(version)}
    license_, identity = api[License], api[Identity]
    if isinstance(license_, License):
        yield (EventKind.LICENSE, "api"), {"": f"{license_.type}, {license_.status}"}
    if isinstance(identity, Identity):
        yield (EventKind.IDENTITY, "api"), {"": f"{identity.name} ({identity.uuid})"}


def _settings(evidence: RemoteEvidence) -> Iterator[tuple[Group, Mapping[str, str | None]]]:
    """The settings that the cluster has; those of diag.yaml only where nobody could ask it."""
    registration, remote = evidence.belief[Registration], evidence.remote
    if isinstance(registration, Registration):
        yield (EventKind.SETTING, "registered"), dict(registration.values)
    elif registration.not_configured:
        values = {one.key: getattr(remote, one.field) for one in REMOTE_SETTINGS}
        yield (
            (EventKind.SETTING, "declared"),
            {key: _written(value) for key, value in values.items() if _written(value)},
        )


def _written(value: object) -> str:
    """A setting as ``GET _cluster/settings`` would show it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _addresses(evidence: RemoteEvidence) -> Iterator[tuple[Group, Mapping[str, str | None]]]:
    endpoints = evidence.endpoints.all if isinstance(evidence.endpoints, Endpoints) else ()
    names = {
        str(one.endpoint): _resolved(one.resolution)
        for one in endpoints
        if not (isinstance(one.resolution, Resolution) and one.resolution.literal)
    }
    if names:
        yield (EventKind.ADDRESS, "dns"), names
    published = evidence.published.all if isinstance(evidence.published, PublishedEndpoints) else ()
    probes = [probe for one in (*endpoints, *(one.evidence for one in published)) for probe in one.probes]
    shown = {str(one): describe(one.chain.leaf) for one in probes if isinstance(one.chain, Chain)}
    if shown:
        yield SHOWN, shown


def _resolved(resolution: Resolution | Unavailable) -> str | None:
    if isinstance(resolution, Resolution):
        return ", ".join(sorted(resolution.addresses))
    return "" if resolution.reason is Reason.NO_SUCH_NAME else None


def _files(evidence: RemoteEvidence) -> Iterator[tuple[Group, Mapping[str, str | None]]]:
    """What the files of the configuration hold: the certificates that the local cluster trusts, and those that it presents."""
    if isinstance(evidence.trust, Trust) and evidence.trust.files:
        yield (
            (EventKind.CERTIFICATE, "trusted"),
            {
                one.path: one.problem or "; ".join(describe(certificate) for certificate in one.certificates)
                for one in evidence.trust.files
            },
        )
    identity = evidence.identity
    if isinstance(identity, ClientIdentity):
        held = describe(identity.chain[0]) if identity.chain else ""
        yield (EventKind.CERTIFICATE, "presented"), {identity.path: identity.problem or held}


def describe(certificate: Certificate) -> str:
    """One certificate in a line: whose it is, until when it holds, which one it is."""
    return f"{_cut(certificate.subject, MAX_NAME)} until {certificate.not_after:%Y-%m-%d}, SHA-256 {certificate.fingerprint}"

"""The certificates whose dates matter to one remote: those the peer presents, the trusted CAs, those of the local cluster, and what nodes have loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from checks.shared.certificate_files import placed
from checks.shared.certificate_text import ROTATING, client_prefix, lacking, server_prefix, subject
from checks.shared.chain_not_judged import unverified
from checks.tls._loaded_certificates import Loaded, in_use
from diag.check import Unknown, worked_out_once
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    Origin,
    RemoteEvidence,
    SecurityModel,
    TlsAttempt,
    Unavailable,
    dataclass,
    shorten,
)

# Java cuts the chain at the first certificate that it trusts, and looks at the dates of the rest (17 and 25; measured). The same
# holds for the leaf, where that one is trusted itself.
_TRUSTED_AS_IT_IS: Final = (
    " Java does not look at the dates of a certificate that is trusted itself: connections still open."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityPeriod:
    """A certificate whose dates matter: ``what`` it is, and why the connection may do without it (``excuse``; empty: it can't).

    ``not_before`` is None where only the end is known, ``fingerprint`` is empty there.
    """

    name: str
    not_after: datetime
    what: str
    remedy: str
    fingerprint: str = ""
    not_before: datetime | None = None
    ca: bool = False
    rotating: bool = False
    excuse: str = ""

    @classmethod
    def of(cls, certificate: Certificate, *, what: str, remedy: str, **more: bool | str) -> ValidityPeriod:
        """Make one of a certificate that was seen or read."""
        return cls(
            name=subject(certificate),
            not_after=certificate.not_after,
            what=what,
            remedy=remedy,
            fingerprint=certificate.fingerprint,
            not_before=certificate.not_before,
            **more,  # type: ignore[arg-type]  # Each under the name of its field.
        )

    def facts(self, now: datetime) -> dict[str, str | bool]:
        """The certificate for a machine."""
        seen = {"fingerprint": self.fingerprint} if self.fingerprint else {}
        begins = {"not_before": moment(self.not_before)} if self.not_before is not None else {}
        return {
            "what": self.what,
            "subject": self.name,
            **seen,
            **begins,
            "not_after": moment(self.not_after),
            "clock": f"this machine, {moment(now)}",
            "needed": self.is_needed,
        }

    @property
    def is_needed(self) -> bool:
        """Whether the connection is lost without it."""
        return not self.excuse


@worked_out_once
def validity_periods(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable
) -> tuple[ValidityPeriod, ...]:
    """Every certificate whose dates matter, each once."""
    found: dict[str, ValidityPeriod] = {}
    taken = unverified(cluster_evidence, remote_evidence)
    unseen = "" if taken is None else f" No connection of the local cluster looks at it: {taken.because}."
    presented = [_excused(one, unseen) for one in _presented(remote_evidence, chain)]
    configured = (_excused(one, unseen) for one in _configured(cluster_evidence, remote_evidence, chain))
    for one in (
        *presented[:1],
        *configured,
        *presented[1:],
        *_own(cluster_evidence, remote_evidence),
        *_signing(cluster_evidence, remote_evidence),
    ):
        found.setdefault(one.fingerprint, one)
    return *found.values(), *(
        _loaded(one) for one in in_use(cluster_evidence, remote_evidence, chain, unverified=unseen)
    )


def _excused(one: ValidityPeriod, why: str) -> ValidityPeriod:
    return replace(one, excuse=why) if why else one


def _presented(remote_evidence: RemoteEvidence, chain: Chain | Unavailable) -> Iterator[ValidityPeriod]:
    if isinstance(chain, Unavailable):
        return
    rotating = remote_evidence.remote.kind in ROTATING
    anchors = {ca.fingerprint for ca in _anchors(remote_evidence)}
    renew = f"Renew it on every node of the remote cluster ({server_prefix(remote_evidence.remote)}); signed by the same CA, nothing else changes."
    if rotating:
        renew = f"The platform of the remote cluster renews it by itself; where it does not, ask its operator. On nodes of your own: {renew}"
    for position, certificate in enumerate(chain.certificates):
        # A path that ends at a trusted CA runs through none of the other certificates sent.
        unneeded = position > 0 and chain.trusted and bool(chain.path) and not _is_needed(certificate, chain)
        trusted = _TRUSTED_AS_IT_IS if certificate.fingerprint in anchors else ""
        yield ValidityPeriod.of(
            certificate,
            what="the CA certificate that the peer sends along" if position else "the certificate of the peer",
            remedy=f"Remove it from the chain that the server sends ({server_prefix(remote_evidence.remote)}.certificate)."
            if unneeded
            else renew,
            ca=position > 0,
            rotating=rotating,
            excuse=" The chain does not need it." if unneeded else trusted,
        )


def _is_needed(certificate: Certificate, chain: Chain) -> bool:
    if chain.needed:
        return certificate.fingerprint in chain.needed[:-1]
    return certificate.subject in chain.path[:-1]


def _anchors(remote_evidence: RemoteEvidence) -> tuple[Certificate, ...]:
    return () if isinstance(remote_evidence.trust, Unavailable) else remote_evidence.trust.anchors


def _configured(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable
) -> Iterator[ValidityPeriod]:
    if isinstance(remote_evidence.trust, Unavailable):
        return
    now, anchors = cluster_evidence.now, remote_evidence.trust.anchors
    current = (ca for ca in anchors if now.has_come(ca.not_before) and not now.has_passed(ca.not_after))
    valid = {ca.fingerprint: ca.subject for ca in current}
    by_subject = Counter(valid.values())
    for file in remote_evidence.trust.files:
        for certificate in file.certificates:
            itself = certificate.fingerprint in valid
            if isinstance(chain, Chain) and chain.trusted:
                duplicate = by_subject[certificate.subject] > itself
                unneeded = duplicate or certificate.subject not in chain.path
                excuse = " The chain of this peer does not need it." if unneeded else ""
            else:
                excuse = " Another trusted CA is still valid." if len(valid) > itself else ""
            yield ValidityPeriod.of(
                certificate,
                what=f"the trusted CA in {shorten(file.path)}",
                remedy=f"Get the current CA certificate of the remote cluster and add it to {shorten(file.path)} and to the local cluster's "
                "list of CAs, before certificates are issued by it; remove the old one when none are left.",
                ca=True,
                excuse=excuse or _TRUSTED_AS_IT_IS,
            )


def _own(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence) -> Iterator[ValidityPeriod]:
    if isinstance(remote_evidence.identity, Unavailable):
        return
    by_key = remote_evidence.remote.security_model is SecurityModel.API_KEY
    # Next to a key nodes present one only where the remote cluster server asks for it.
    unasked = " The peer asks for no client certificate." if by_key and not _asks(remote_evidence) else ""
    for position, certificate in enumerate(remote_evidence.identity.chain):
        yield ValidityPeriod.of(
            certificate,
            what=f"{'the CA of ' if position else ''}the client certificate of the local cluster in {shorten(remote_evidence.identity.path)}",
            remedy=f"Renew it on every node of the local cluster ({client_prefix(remote_evidence.remote)}); signed by the same CA, "
            "nothing changes for the remote cluster.",
            ca=position > 0,
            rotating=cluster_evidence.cluster.kind in ROTATING and not by_key,
            # A root is either trusted by the remote cluster as it is, or not at all.
            excuse=_TRUSTED_AS_IT_IS if position and certificate.self_signed else unasked,
        )


def _asks(remote_evidence: RemoteEvidence) -> bool:
    probes = () if isinstance(remote_evidence.endpoints, Unavailable) else remote_evidence.endpoints.probes
    return any(isinstance(one.tls, TlsAttempt) and one.tls.client_certificate_requested for one in probes)


def _signing(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence) -> Iterator[ValidityPeriod]:
    """What requests are signed with: a signature that comes with a certificate out of its dates is refused."""
    if (
        isinstance(remote_evidence.signing, Unavailable)
        or remote_evidence.remote.security_model is not SecurityModel.API_KEY
    ):
        return
    for position, certificate in enumerate(remote_evidence.signing.chain):
        yield ValidityPeriod.of(
            certificate,
            what=f"{'the CA of ' if position else ''}the certificate in {shorten(remote_evidence.signing.path)} that requests are signed with",
            remedy=f"Renew it under {remote_evidence.remote.setting('signing.certificate')} on every node of the local cluster, with the same subject "
            "and from the same CA; the key of the remote cluster names the subject.",
            ca=position > 0,
            rotating=cluster_evidence.cluster.kind in ROTATING,
            excuse=_TRUSTED_AS_IT_IS if position and certificate.self_signed else "",
        )


def _loaded(one: Loaded) -> ValidityPeriod:
    return ValidityPeriod(
        name=shorten(one.certificate.subject, 120) or "a certificate without a subject",
        not_after=one.expires,
        what=one.what,
        remedy=one.remedy,
        ca=not one.certificate.own,
        rotating=one.rotating,
        excuse=one.excuse or ("" if one.certificate.own else _TRUSTED_AS_IT_IS),
    )


def undecided(remote_evidence: RemoteEvidence, chain: Chain | Unavailable) -> Iterator[Unknown]:
    """Say which certificates could not be looked at."""
    pieces: list[object] = [chain, remote_evidence.trust]
    reported = (
        []
        if isinstance(remote_evidence.trust, Unavailable)
        else [(file.path, file.problem) for file in remote_evidence.trust.files]
    )
    if remote_evidence.remote.security_model is SecurityModel.CERTIFICATE:
        pieces.append(remote_evidence.identity)
        if isinstance(remote_evidence.identity, ClientIdentity):
            reported.append((remote_evidence.identity.path, remote_evidence.identity.problem))
    yield from lacking(*(piece for piece in pieces if piece is chain or not _was_not_reported(piece)))
    for path, problem in reported:
        if problem:
            yield Unknown(f"{shorten(path)} could not be read: {shorten(problem)}")


def _was_not_reported(piece: object) -> bool:
    return isinstance(piece, Unavailable) and piece.not_configured


def moment(when: datetime) -> str:
    """Write a time down, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def in_files(files: CertificateFiles) -> Iterator[tuple[ValidityPeriod, Origin]]:
    """Every certificate of files that somebody handed over, each once, with its place."""
    seen: set[str] = set()
    for one in placed(files):
        if one.certificate.fingerprint not in seen:
            seen.add(one.certificate.fingerprint)
            what = f"the certificate of a node in {one.path}" if one.is_leaf else f"the CA in {one.path}"
            remedy = (
                "Renew it on every node that has it; signed by the same CA, nothing changes for the other side."
                if one.is_leaf
                else "Get the current CA certificate, and add it before certificates are issued by it; remove the old one when none are left."
            )
            trusted = "" if one.is_leaf else _TRUSTED_AS_IT_IS
            yield (
                ValidityPeriod.of(one.certificate, what=what, remedy=remedy, ca=not one.is_leaf, excuse=trusted),
                one.origin,
            )

"""What nodes say that they have loaded (``GET _ssl/certificates``), as far as its end matters to one remote.

The list is that of one node, and does not say for which interface a certificate is loaded. What follows all the same: a node always
has the certificate of its transport interface, so that the one that ends last bounds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from checks.shared.certificate_text import ROTATING, client_prefix, server_prefix
from checks.shared.loaded import is_loaded, same_name_in
from diag.model import (
    Certificate,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    LoadedCertificate,
    LoadedCertificates,
    RemoteEvidence,
    SecurityModel,
    Trust,
    Unavailable,
    dataclass,
    shorten,
)

_WHICH = " For which interface it is loaded, the node does not say."


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A certificate that a node has loaded; ``excuse`` says why the connection may do without it."""

    certificate: LoadedCertificate
    expires: datetime
    what: str
    remedy: str
    rotating: bool
    excuse: str = ""


def in_use(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable, *, unverified: str
) -> tuple[Loaded, ...]:
    """What both nodes have loaded beyond what is known from files and from the peer itself.

    ``unverified`` says that the local nodes verify nothing, where they do not.
    """
    found = list[Loaded]()
    here, there = cluster_evidence.api[LoadedCertificates], remote_evidence.api[LoadedCertificates]
    if not isinstance(here, Unavailable):
        found += _by_local(cluster_evidence, remote_evidence, chain, here.all, unverified)
    if not isinstance(there, Unavailable):
        found += _by_remote(remote_evidence, chain, there.all, unverified)
    return tuple(found)


def _by_local(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    chain: Chain | Unavailable,
    loaded: tuple[LoadedCertificate, ...],
    unverified: str,
) -> Iterator[Loaded]:
    rotating = cluster_evidence.cluster.kind in ROTATING
    known = _known(remote_evidence.identity)
    if remote_evidence.remote.security_model is SecurityModel.CERTIFICATE and not _is_in(known, loaded):
        for one, excuse in _own(loaded):
            yield _made(
                one,
                "the certificate that a node of the local cluster has loaded",
                "Renew it on every node of the local cluster (xpack.security.transport.ssl). Where the file is renewed already, the node "
                "still has the old one: see that it is the file that the setting names, and restart the node.",
                rotating=rotating,
                excuse=excuse,
            )
    # The files of the CAs that diag was given have their own dates.
    given = remote_evidence.trust.anchors if isinstance(remote_evidence.trust, Trust) else ()
    for one in _cas(loaded, _issuers(remote_evidence, chain), given):
        yield _made(
            one,
            "the CA that a node of the local cluster trusts",
            "Get the current CA certificate of the remote cluster and add it under "
            f"{client_prefix(remote_evidence.remote)}.certificate_authorities of every node of the local cluster, before certificates are issued by it.",
            rotating=rotating,
            excuse=unverified,
        )


def _by_remote(
    remote_evidence: RemoteEvidence, chain: Chain | Unavailable, loaded: tuple[LoadedCertificate, ...], unverified: str
) -> Iterator[Loaded]:
    rotating = remote_evidence.remote.kind in ROTATING
    shown = chain.certificates[:1] if isinstance(chain, Chain) else ()
    if not _is_in(shown, loaded):
        # One that another node, or what stands in between, did not show is no proof against the connection.
        elsewhere = _WHICH if shown or remote_evidence.remote.security_model is SecurityModel.API_KEY else ""
        for one, excuse in _own(loaded):
            yield _made(
                one,
                "the certificate that a node of the remote cluster has loaded",
                f"Renew it on every node of the remote cluster ({server_prefix(remote_evidence.remote)}), and restart those that still have the old one.",
                rotating=rotating,
                excuse=unverified or excuse or elsewhere,
            )
    for one in _cas(
        loaded, [each.issuer for each in _known(remote_evidence.identity)], _known(remote_evidence.identity)
    ):
        yield _made(
            one,
            "the CA by which a node of the remote cluster trusts the certificate of the local cluster",
            f"Get the current CA certificate of the local cluster and add it under {server_prefix(remote_evidence.remote)}.certificate_authorities of "
            "every node of the remote cluster, before certificates are issued by it.",
            rotating=rotating,
            excuse="",
        )


def _known(identity: ClientIdentity | Unavailable) -> tuple[Certificate, ...]:
    return () if isinstance(identity, Unavailable) else identity.chain


def _is_in(certificates: tuple[Certificate, ...], loaded: tuple[LoadedCertificate, ...]) -> bool:
    """Whether the node presents the very certificate whose dates are known: the others are those of other interfaces."""
    own = [one for one in loaded if one.own]
    return any(is_loaded(certificate, own) for certificate in certificates[:1])


def _own(loaded: tuple[LoadedCertificate, ...]) -> Iterator[tuple[LoadedCertificate, str]]:
    """What a node may present to other nodes, and why the connection may do without it: only of the one that ends last that is sure."""
    own = [one for one in loaded if one.own and one.expires is not None]
    others = [one for one in own if "http" not in one.path.lower().replace("\\", "/").rpartition("/")[2]]
    by_end = sorted(others or own, key=_end, reverse=True)
    for place, one in enumerate(by_end):
        yield one, _WHICH if place else ""


def _end(one: LoadedCertificate) -> float:
    return one.expires.timestamp() if one.expires is not None else 0.0


def _issuers(remote_evidence: RemoteEvidence, chain: Chain | Unavailable) -> list[str]:
    """The names of the CAs by which the peer is trusted, as far as they are known."""
    if isinstance(chain, Chain):
        return [*chain.path[1:], *(one.issuer for one in chain.certificates)]
    return [ca.subject for ca in remote_evidence.trust.anchors] if isinstance(remote_evidence.trust, Trust) else []


def _cas(
    loaded: tuple[LoadedCertificate, ...], names: Iterable[str], known: tuple[Certificate, ...]
) -> Iterator[LoadedCertificate]:
    wanted = tuple(dict.fromkeys(names))
    for one in loaded:
        if one.own or one.expires is None or any(is_loaded(ca, (one,)) for ca in known):
            continue
        if any(same_name_in(one.subject, name) for name in wanted):
            yield one


def _made(one: LoadedCertificate, what: str, remedy: str, *, rotating: bool, excuse: str) -> Loaded:
    where = f", {shorten(one.path, 80)}" if one.path else ""
    expires = datetime.max.replace(tzinfo=UTC) if one.expires is None else one.expires
    return Loaded(
        certificate=one, expires=expires, what=f"{what}{where}", remedy=remedy, rotating=rotating, excuse=excuse
    )

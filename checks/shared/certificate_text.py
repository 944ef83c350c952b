"""Phrases and remedies that several checks of group ``tls`` share. Text of a peer is cut: it may be of any length."""

from __future__ import annotations

from typing import Final

from diag.check import Unknown
from diag.model import Certificate, Chain, ChainFault, Kind, Remote, SecurityModel, Unavailable, shorten

MAX_LENGTH: Final = 200
MAX_SHOWN: Final = 5
ROTATING: Final = frozenset({Kind.HOSTED, Kind.ECE, Kind.ECK})


def subject(certificate: Certificate) -> str:
    """Name a certificate by its subject."""
    return named(certificate.subject)


def named(subject_of: str) -> str:
    """Name a certificate by a subject that somebody gives; an empty one is written out."""
    return shorten(subject_of, 120) or "a certificate without a subject"


def client_prefix(remote: Remote) -> str:
    """The prefix of the TLS settings that the local cluster uses towards this remote."""
    if remote.security_model is SecurityModel.API_KEY:
        return "xpack.security.remote_cluster_client.ssl"
    return "xpack.security.transport.ssl"


def server_prefix(remote: Remote) -> str:
    """The prefix of the TLS settings that the remote cluster uses for this interface."""
    if remote.security_model is SecurityModel.API_KEY:
        return "xpack.security.remote_cluster_server.ssl"
    return "xpack.security.transport.ssl"


def unsent_issuer(chain: Chain) -> str:
    """The issuer whose certificate is neither sent nor trusted; empty where the chain has no such gap."""
    gap = next((found for found in chain.faults if found.fault is ChainFault.ISSUER_NOT_SENT), None)
    return shorten(gap.issuer or chain.leaf.issuer, 120) if gap else ""


def unread(leaf: Certificate) -> str:
    """Say that a certificate could not be decoded to the end."""
    return f"part of the certificate of {subject(leaf)} could not be decoded: {shorten(leaf.problem)}"


def lacking(*pieces: object) -> tuple[Unknown, ...]:
    """Say of each piece of evidence that is missing why it is."""
    return tuple(dict.fromkeys(Unknown(str(piece), piece=piece) for piece in pieces if isinstance(piece, Unavailable)))

"""Whom a round asks, and how: an address to probe, an API to call."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from pathlib import Path

from diag.collect.api_peer import ELASTICSEARCH, ApiPeer
from diag.collect.tls_handshake import ClientKey
from diag.config import Secret
from diag.config.remotes import Auth
from diag.evidence.address.probe import NO_KEY
from diag.lazy_dataclass import dataclass
from diag.model import Certificate, Endpoint, Probe, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """One address to probe, and how.

    ``alias`` is the remote that it belongs to. ``anchors`` are the trusted CAs (empty: the public roots), or why there is nothing to judge a chain by;
    ``public_roots_too``: the public roots in addition to them.
    ``client_key`` is what is presented where the peer asks. ``transport`` allows frames of the transport protocol. ``key`` is
    the encoded API key, or why there is none to try; it is sent to no peer whose certificate does not hold at ``now``.
    """

    alias: str = ""
    endpoint: Endpoint
    ip: str
    connect_seconds: float
    handshake_seconds: float
    anchors: tuple[Certificate, ...] | Unavailable = ()
    public_roots_too: bool = False
    client_key: ClientKey | None = field(default=None, repr=False)
    transport: bool = True
    key: str | Unavailable = field(default=NO_KEY, repr=False)
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTarget:
    """One address of an API, and how it is called.

    ``auth`` is the login, its secret by reference; ``ca`` are the files of the trusted CAs (empty: the public roots).
    ``seconds`` is the time limit of each call. ``peer`` is who answers. ``token`` is a bearer token in place of ``auth``,
    ``ca_pem`` the text of CAs in place of their files, ``client_key`` what is shown to a peer that asks for a certificate of the client,
    in place of that under ``auth``. ``patience`` is how many seconds may be spent on pauses that
    the peer asks for (429): none for a cluster, whose next round comes soon.
    """

    url: str
    auth: Auth | None = None
    ca: tuple[Path, ...] = ()
    seconds: float
    peer: ApiPeer = ELASTICSEARCH
    token: Secret | None = field(default=None, repr=False)
    ca_pem: str = ""
    client_key: ClientKey | None = field(default=None, repr=False)
    patience: float = 0.0


def not_connected(dial: ProbeTarget, why: Unavailable) -> Probe:
    """Make the probe of an address to which there is no connection."""
    key = why if isinstance(dial.key, str) else dial.key
    return Probe(
        ip=dial.ip, port=dial.endpoint.port, connection=why, tls=why, chain=why, transport=why, key=key, interface=why
    )

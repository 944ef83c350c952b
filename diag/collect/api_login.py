"""The header by which a client logs in at an API, and what in it is secret."""

from __future__ import annotations

import base64
import re

from diag.collect.api_peer import ApiPeer
from diag.config import Secret, SecretError
from diag.config.remotes import Auth
from diag.model import Reason, Step, Unavailable


def credential(auth: Auth | None, peer: ApiPeer) -> tuple[str, ...] | Unavailable:
    """Give the value of the header and, behind it, whatever else is secret; nothing where no login is configured."""
    if auth is None:
        return ()
    try:
        if auth.api_key is not None:
            return _by_key(auth.api_key.resolve().reveal().strip(), peer)
        username, password = auth.username, auth.password.resolve().reveal() if auth.password else ""
    except SecretError as error:
        return _no(error.unavailable().reason, f"the secret under auth cannot be had: {error.detail}")
    if username is None:
        return ()  # The certificate of the client is the login.
    if ":" in username:
        return _no(Reason.NOT_USABLE, "auth.username has a colon, which basic authentication cannot carry")
    encoded = base64.b64encode(f"{username}:{password}".encode("utf-8", "surrogateescape")).decode()
    return f"Basic {encoded}", encoded, password


def bearer(token: Secret) -> tuple[str, ...] | Unavailable:
    """Give the header of a bearer token (RFC 6750, section 2.1) and, behind it, the token."""
    text = token.reveal().strip()
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text):
        return _no(
            Reason.NOT_USABLE, "token is no bearer token: expected what `kubectl create token` prints, on one line"
        )
    return f"Bearer {text}", text


def _by_key(key: str, peer: ApiPeer) -> tuple[str, ...] | Unavailable:
    if not re.fullmatch(r"[A-Za-z0-9+/_=-]+", key):
        return _no(Reason.NOT_USABLE, f"{peer.key} is no encoded API key: expected {peer.key_form}")
    return f"ApiKey {key}", key


def _no(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=reason, detail=detail)

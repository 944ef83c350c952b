"""The certificate that a client shows to an API, where that asks for one: read from what the configuration names, and put into a TLS context.

The private key stays in the memory of this process and of its kernel: OpenSSL takes it from a file only, which is one without a name.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from diag.collect.tls_handshake import ClientKey
from diag.config.remotes import Auth
from diag.config.secrets import SecretError
from diag.local_files import read_file
from diag.model import Reason, Step, Unavailable

_NO_PASSWORD = b""


def identity_of(auth: Auth | None) -> ClientKey | Unavailable | None:
    """Read the certificate and its key under ``auth``: None where none is configured, or why they cannot be had. Reads files."""
    if auth is None or auth.client_certificate is None or auth.client_key is None:
        return None
    certificate = read_file(auth.client_certificate)
    if isinstance(certificate, Unavailable):
        return _no(certificate.reason, f"auth.client_certificate cannot be had: {certificate}")
    try:
        key = auth.client_key.resolve().reveal().encode()
    except SecretError as error:
        return _no(error.unavailable().reason, f"auth.client_key cannot be had: {error.detail}")
    return ClientKey(certificate, key)


def presenting(context: ssl.SSLContext, identity: ClientKey) -> ssl.SSLContext | Unavailable:
    """Let a context, which nobody else uses, show the certificate; or say why it cannot. No text of OpenSSL is used."""
    problem = _problem_of(identity)
    if problem:
        return _no(Reason.NOT_USABLE, problem)
    try:
        with _nameless(identity.certificate + b"\n" + identity.key) as path:
            # Without a password OpenSSL would ask for one at the terminal.
            context.load_cert_chain(path, password=_NO_PASSWORD)
    except (ssl.SSLError, OSError, ValueError):
        return _no(
            Reason.NOT_USABLE,
            "the client certificate cannot be used: expected certificates as PEM, the client's own first, and the key that belongs to it",
        )
    return context


def _problem_of(identity: ClientKey) -> str:
    """What is wrong with the key, empty where it can be read."""
    try:
        load_pem_private_key(identity.key, password=None)
    except TypeError:
        return "the key of the client certificate is encrypted, and diag has no password for it: name one that is not"
    except (ValueError, UnsupportedAlgorithm):  # The text of the error may quote the file.
        return "the key of the client certificate is no private key as PEM"
    return ""


@contextlib.contextmanager
def _nameless(data: bytes) -> Iterator[str]:
    """A file that only this process sees, as long as the block lasts; where the system has none, a file of its user."""
    make = getattr(os, "memfd_create", None)
    if make is None or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112 -- as cheap as it gets.
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name
        return
    number = make("diag", os.MFD_CLOEXEC)
    try:
        with os.fdopen(number, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{number}"
    finally:
        os.close(number)


def _no(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=reason, detail=detail)

"""Checks of group ``tls``, in display order: the handshake first, for without one there is nothing else to see."""

from checks.tls import (
    certificates,
    chain,
    clear,
    client_certificate,
    handshake,
    interface,
    java_path,
    loaded,
    names,
    sent,
    sni,
    validity,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *handshake.CHECKS,
    *clear.CHECKS,
    *names.CHECKS,
    *sni.CHECKS,
    *validity.CHECKS,
    *certificates.CHECKS,
    *chain.CHECKS,
    *java_path.CHECKS,
    *sent.CHECKS,
    *loaded.CHECKS,
    *client_certificate.CHECKS,
    *interface.CHECKS,
)

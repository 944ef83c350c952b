"""The certificates that a peer presented, and what is wrong with them as a chain."""

from __future__ import annotations

from enum import StrEnum

from diag.evidence.certificate import Certificate
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass


class ChainFault(StrEnum):
    """One thing that is wrong with a chain, apart from names, dates and usages."""

    ISSUER_NOT_SENT = "issuer_not_sent"
    UNTRUSTED_ROOT = "untrusted_root"
    SELF_SIGNED_LEAF = "self_signed_leaf"
    SAME_NAME_OTHER_KEY = "same_name_other_key"
    WRONG_ORDER = "wrong_order"
    ISSUER_NOT_A_CA = "issuer_not_a_ca"
    KEY_IDENTIFIER = "key_identifier"
    NAME_CONSTRAINTS = "name_constraints"
    POLICY = "policy"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound:
    """A fault of the chain, with the certificate it is about and what was found instead."""

    fault: ChainFault
    subject: str
    issuer: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The certificates as the peer presented them (leaf first), and what became of looking for a path to an anchor.

    ``trusted``: a path that Java takes leads to a trusted CA, dates and the name of the leaf aside. ``path`` holds the subjects from
    the leaf to the anchor (or to where it breaks), ``needed`` the fingerprints of the same certificates. ``public``: such a path
    leads to a public root, whatever is configured. ``size`` is the number of bytes of all certificates as they were sent.
    """

    certificates: tuple[Certificate, ...]
    trusted: bool = True
    public: bool = False
    path: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    size: int = 0
    faults: tuple[FaultFound, ...] = ()

    @property
    def leaf(self) -> Certificate:
        """The certificate of the peer itself."""
        return self.certificates[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SniTrial:
    """A further handshake with another server name (empty: none sent): the leaf it brought, or why there was none."""

    server_name: str
    leaf: Certificate | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class SniTrials:
    """Handshakes with other server names. Tried only where the first one failed or brought a certificate for other names."""

    trials: tuple[SniTrial, ...] = ()

"""One X.509 certificate as plain data, and which names it covers."""

from __future__ import annotations

import difflib
import ipaddress
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """One ``otherName`` of the subject alternative names.

    ``value`` is empty where it could not be decoded; ``encoding`` names the ASN.1 type that was found;
    ``readable`` says whether Elasticsearch's trust management reads it (its RestrictedTrustManager); ``problem`` says why not.
    """

    oid: str
    value: str = ""
    encoding: str = ""
    readable: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate, decoded. Text in it was written by the peer: it is data, never markup.

    ``is_ca`` is None without a basicConstraints extension; ``key_usage`` and ``extended_key_usage`` are None without the
    extension; ``key_bits`` is the size of the public key; ``signature_hash`` is empty where the scheme has none (Ed25519).
    """

    subject: str
    issuer: str
    common_name: str = ""
    serial: str = ""
    fingerprint: str
    not_before: datetime
    not_after: datetime
    has_san: bool = True
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    other_names: tuple[OtherName, ...] = ()
    is_ca: bool | None = None
    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    key_type: str = "RSA"
    key_bits: int = 2048
    signature_hash: str = "sha256"
    subject_key_id: str = ""
    authority_key_id: str = ""
    self_signed: bool = False
    problem: str = ""
    pem: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name and IP address that a client may expect to reach with this certificate."""
        return self.dns_names + self.ip_addresses

    def covers(self, name: str) -> bool:
        """Tell whether the certificate is good for ``name`` (RFC 6125; a wildcard stands for one whole first label)."""
        try:
            wanted = ipaddress.ip_address(name.strip("[]").partition("%")[0])
        except ValueError:
            return any(_dns_match(pattern, name) for pattern in self.dns_names)
        return any(_same_ip(text, wanted) for text in self.ip_addresses)

    def nearest(self, name: str) -> str:
        """The name in the certificate that looks most like ``name``; empty if it carries none."""
        close = difflib.get_close_matches(name.lower(), [n.lower() for n in self.names], n=1, cutoff=0.0)
        return close[0] if close else ""

    def why_not(self, name: str) -> str:
        """Say in a few words why the nearest name does not cover ``name``; empty where nothing can be said."""
        nearest = self.nearest(name)
        if not nearest:
            return "the certificate carries no name at all"
        if nearest.startswith("*."):
            depth, wanted = nearest.count("."), name.rstrip(".").count(".")
            if name.lower().endswith(nearest[1:]) and wanted != depth:
                return "a wildcard stands for exactly one label"
        if name.rstrip(".").lower() == nearest.rstrip("."):
            return "they differ in a trailing dot"
        if nearest.split(".")[0] == name.lower().split(".")[0]:
            return "the domain differs"
        if nearest.split(".")[1:] == name.lower().split(".")[1:]:
            return "the first label differs"
        return ""


def _dns_match(pattern: str, name: str) -> bool:
    pattern, name = pattern.lower(), name.lower()
    if pattern.startswith("*."):
        first, _, rest = name.partition(".")
        return bool(first) and rest == pattern[2:] and "." in rest
    return pattern == name


def _same_ip(text: str, wanted: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return ipaddress.ip_address(text) == wanted
    except ValueError:
        return False

"""One X.509 certificate as plain data, and which names it covers."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from diag.lazy_dataclass import dataclass

# A peer may carry names without end: looking for the nearest one stays quick all the same.
_MAX_NAME_LENGTH: Final = 255
_MAX_NAMES: Final = 1000
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LABELS: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


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
    uris: tuple[str, ...] = ()
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
        """Tell whether the certificate is good for ``name`` (RFC 9525; a wildcard stands for one whole first label)."""
        wanted = _ip(name)
        if wanted is None:
            return any(_dns_match(pattern, name) for pattern in self.dns_names)
        return any(_ip(text) == wanted for text in self.ip_addresses)

    def is_taken_for(self, name: str, *, public: bool = False) -> bool:
        """Tell whether Java takes the certificate for ``name``: what it covers, and what Java reads more loosely (17 and 25; measured).

        Without a DNS name it takes the common name; it drops a trailing dot of what is asked for, and takes wildcards within the
        first label. ``public``: for a certificate of a public CA a wildcard right under a top-level domain counts for nothing.
        """
        if _ip(name) is not None:
            return self.covers(name)
        wanted = _ascii(name).removesuffix(".")
        if not wanted or not _is_host_name(wanted):
            return False
        patterns = self.dns_names or (self.common_name,)
        return any(_java_match(pattern.lower(), wanted, public=public) for pattern in patterns)

    def is_taken_for_any(self, names: Iterable[str], *, public: bool = False) -> bool:
        """Tell whether Java takes the certificate for one of ``names``."""
        return any(self.is_taken_for(name, public=public) for name in names)

    def nearest(self, name: str) -> str:
        """The name in the certificate that looks most like ``name``; empty if it carries none."""
        like = (self.dns_names if _ip(name) is None else self.ip_addresses) or self.names
        known = [text.lower()[:_MAX_NAME_LENGTH] for text in like[:_MAX_NAMES]]
        close = difflib.get_close_matches(name.lower()[:_MAX_NAME_LENGTH], known, n=1, cutoff=0.0)
        return close[0] if close else ""

    def why_not(self, name: str) -> str:
        """Say in a few words why the nearest name does not cover ``name``; empty where there is no reason to name."""
        nearest = self.nearest(name)
        if not nearest:
            return "the certificate carries no name at all"
        if _ip(name) is not None:
            return "" if self.ip_addresses else "the certificate carries host names only, no IP address"
        return _difference(nearest, name.lower())


def _difference(nearest: str, name: str) -> str:
    first, _, domain = nearest.partition(".")
    wanted_first, _, wanted_domain = name.partition(".")
    if "*" in nearest:
        return _why_no_wildcard(nearest, name)
    if name.rstrip(".") == nearest.rstrip("."):
        return "they differ in a trailing dot"
    if first == wanted_first:
        return "the domain differs"
    return "the first label differs" if domain == wanted_domain else ""


def _why_no_wildcard(pattern: str, name: str) -> str:
    first, _, domain = pattern.partition(".")
    if first != "*" or "*" in domain:
        return "a wildcard counts only as a whole first label"
    if not domain:
        return "a wildcard needs a domain behind it"
    if name == domain or name.endswith(f".{domain}"):
        return "a wildcard stands for exactly one label"
    return "the domain differs"


def _dns_match(pattern: str, name: str) -> bool:
    pattern, name = pattern.lower() if pattern.isascii() else "", _ascii(name)
    if not pattern or not name or not _is_host_name(name):
        return False
    if pattern.startswith("*."):
        first, _, rest = name.partition(".")
        return bool(first) and rest == pattern[2:] and bool(rest) and all(rest.split("."))
    return pattern == name


def _is_host_name(name: str) -> bool:
    """Tell whether Java looks for a name at all: it gives up on anything but letters, digits, hyphens and dots (measured)."""
    return _LABELS.fullmatch(name) is not None


def _java_match(pattern: str, name: str, *, public: bool) -> bool:
    first, dot, rest = pattern.partition(".")
    own, _, domain = name.partition(".")
    if "*" not in first:
        return pattern == name
    if first.startswith("xn--") or not dot or (public and "." not in rest):
        return False
    return rest == domain and _label_match(first, own)


def _label_match(pattern: str, label: str) -> bool:
    """Match one label; each star stands for any letters, none included."""
    head, *middle = pattern.split("*")
    tail = middle.pop()
    if not label.startswith(head) or not label[len(head) :].endswith(tail):
        return False
    at, end = len(head), len(label) - len(tail)
    for part in middle:
        found = label.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def _ascii(name: str) -> str:
    """Give the form in which a name with letters beyond ASCII stands in a certificate."""
    if name.isascii():
        return name.lower()
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if text[-1:].isalpha() and ":" not in text and "%" not in text:
        return None  # What ends in a letter is an address in hexadecimal, or none, as most names.
    try:
        found = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found

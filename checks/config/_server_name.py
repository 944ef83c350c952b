"""The name that the local cluster sends as SNI."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from encodings import idna
from functools import lru_cache

from diag.model import Address, Remote, is_ip, shorten

_MAX_LABEL_LENGTH = 63
MAX_NAME_LENGTH = 253
_PLACEHOLDER = re.compile(r"<[^<>]*>|\{\{|\$\{?\w")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


def proxy_host(remote: Remote) -> str | None:
    return Address(setting="proxy_address", text=remote.proxy_address).host


def usable_host(remote: Remote) -> str:
    """The host of the proxy address where it could be a server name, else an empty text."""
    host = proxy_host(remote) or ""
    return "" if not host or fault_of(host) or hidden_characters(host) else host


@lru_cache(maxsize=4096)
def fault_of(name: str) -> str:
    """Say why a server name can't be used; empty if it can. Several checks ask, and many remotes have the same name."""
    if _PLACEHOLDER.search(name) or any(c.isspace() for c in name):
        return "a placeholder was left in" if _PLACEHOLDER.search(name) else "it contains white space"
    if _is_literal(name):
        return "it is an IP address"
    for mark, fault in {"/": "it contains a slash", ":": "it contains a colon", "*": "it contains a wildcard"}.items():
        if mark in name:
            return fault
    if name.endswith("."):
        return "it ends in a dot"
    if len(name) > MAX_NAME_LENGTH:
        return f"it has {len(name)} characters, {MAX_NAME_LENGTH} at most are allowed"
    return next((fault for label in name.split(".") if (fault := _label_fault(label))), "")


def _label_fault(label: str) -> str:
    if not label:
        return "it has two dots in a row or begins with one"
    try:
        plain = idna.ToASCII(label).decode("ascii")  # Java does the same: RFC 3490.
    except UnicodeError:
        if len(label) > _MAX_LABEL_LENGTH:
            return f"its part {shorten(label, 80)!r} is longer than {_MAX_LABEL_LENGTH} characters"
        return f"its part {shorten(label, 80)!r} is no text that a DNS name can hold"
    if len(plain) > _MAX_LABEL_LENGTH:
        return f"its part {shorten(label, 80)!r} is longer than {_MAX_LABEL_LENGTH} characters"
    if not _LABEL.fullmatch(plain):
        return f"its part {label!r} has something else than letters, digits and inner dashes"
    return ""


def _is_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return is_ip(name) and ":" not in name
    return True


def is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} or character == "\u3164"


@lru_cache(maxsize=4096)
def hidden_characters(name: str) -> str:
    """The first invisible character of a name, as U+200B; empty if there is none."""
    return next((f"U+{ord(c):04X}" for c in name if is_hidden(c)), "")

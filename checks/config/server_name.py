"""The name that the local cluster sends as SNI."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from encodings import idna

from checks.causes import NO_CONNECTION
from checks.remedies import Setting, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Address, Chain, Endpoints, Finding, Kind, Mode, Remote, Severity, Unavailable, is_ip, shorten

_LONGEST_LABEL = 63
_LONGEST_NAME = 253
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_PORT = re.compile(r":\d{1,5}$")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


@check(
    "config/server-name-missing",
    severity=Severity.ERROR,
    applies=Applies.settings(modes=(Mode.PROXY,), remote_kinds=(Kind.HOSTED, Kind.ECE)),
    docs=(docs.EC_SELF, docs.SETTINGS),
    tags=("sni",),
    source="documentation: remote cluster settings, server_name; elasticsearch#50951, kibana#61639",
)
def server_name_missing(remote: Remote) -> Yields:
    """A remote behind a Cloud proxy has no server name.

    Why it matters: one proxy address serves many deployments, and the proxy tells them apart by the server name (SNI) in
    the first message. Without the setting only the host of ``proxy_address`` can stand in for it, and an IP address never can.

    How to fix: set ``server_name`` to the endpoint name of the remote deployment, as its Security page shows it.

    Example: ``proxy_address: 203.0.113.7:9400`` and no ``server_name``.
    """
    if not remote.proxy_address:
        yield NotApplicable("there is no proxy_address")
    elif not remote.server_name:
        host = _proxy_host(remote)
        by_ip = host is not None and is_ip(host)
        why = (
            "proxy_address holds an IP address, so the proxy is told no name at all"
            if by_ip
            else "only the host of proxy_address can stand in for it"
        )
        yield Finding(
            summary=f"No server_name is set for a remote of kind {remote.kind}, and {why}; expected the endpoint name of the remote deployment.",
            remedy=put_settings(
                {remote.setting("server_name"): _usable_host(remote) or "<endpoint name of the remote deployment>"}
            ),
            severity=Severity.ERROR if by_ip else Severity.WARNING,
            facts={"setting": remote.setting("server_name"), "observed": "", "proxy_host": shorten(host or "")},
        )


@check(
    "config/server-name-mismatch",
    severity=Severity.INFO,
    applies=Applies.settings(modes=(Mode.PROXY,)),
    docs=(docs.EC_SELF, docs.ECE_EP),
    tags=("sni",),
    source="documentation: remote cluster settings, server_name and proxy_address",
)
def server_name_mismatch(remote: Remote, endpoints: Endpoints | Unavailable) -> Yields:
    """The server name differs from the host of the proxy address, and no certificate shows that this is right.

    Why it matters: mostly nothing. Two different names are right where the certificate or the proxy knows the remote by
    another name than DNS does, and wrong after a slip of the pen. What the certificate says decides, and
    ``tls/hostname-mismatch`` reads it; this is only the hint where to look.

    How to fix: if the difference is not wanted, copy both values from the same page of the remote deployment.

    Example: ``proxy_address: logs.example:9443`` with ``server_name: audit.example``.
    """
    host = _proxy_host(remote)
    if not remote.server_name:
        yield NotApplicable("there is no server_name")
    elif not remote.proxy_address:
        yield NotApplicable("there is no proxy_address")
    elif host is None:
        yield Unknown("proxy_address is no host:port, so there is no host to compare with")
    elif remote.server_name.lower() == host.lower() or _is_carried(remote.server_name, endpoints):
        return
    elif is_ip(host):  # A server name that is no IP address is the very purpose of the setting then.
        yield NotApplicable(
            "proxy_address holds an IP address; tls/hostname-mismatch is about the name in the certificate"
        )
    else:
        yield Finding(
            summary=(
                f"server_name is {shorten(remote.server_name)}, proxy_address dials {shorten(host)}; "
                "they usually are the same, and the certificate decides (tls/hostname-mismatch)."
            ),
            remedy=_adopt_host(remote),
            facts={
                "setting": remote.setting("server_name"),
                "observed": shorten(remote.server_name),
                "expected": shorten(host),
            },
        )


@check(
    "config/server-name-format",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.EC_SELF, docs.SETTINGS),
    tags=("sni",),
    source="RFC 6066 section 3 (server_name), RFC 1123 section 2.1; javax.net.ssl.SNIHostName",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
)
def server_name_format(remote: Remote) -> Yields:
    """The server name is no plain DNS name.

    Why it matters: Elasticsearch stores any text and fails later, at each connection attempt: a server name is a DNS name and
    nothing else, without port, scheme, wildcard or IP address.

    How to fix: write the bare name, as it stands in the certificate of the remote.

    Example: ``server_name: logs.example:9443``; the port belongs into ``proxy_address``.
    """
    if not remote.server_name:
        yield NotApplicable("there is no server_name")
        return
    name, fault, severity = remote.server_name, _fault(remote.server_name), Severity.ERROR
    if not fault and (hidden := _hidden(name)):
        fault, severity = f"it contains the invisible character {hidden}", Severity.WARNING
    if fault:
        yield Finding(
            summary=f"server_name is {shorten(name)!r}, and {fault}; expected a bare DNS name such as logs.example.",
            remedy=put_settings({remote.setting("server_name"): _repaired(remote)}),
            severity=severity,
            facts={"setting": remote.setting("server_name"), "observed": shorten(name), "fault": fault},
        )


def _is_carried(name: str, endpoints: Endpoints | Unavailable) -> bool:
    """Tell whether every address that was looked at presents a certificate with this name: then the two names are meant to differ."""
    if isinstance(endpoints, Unavailable):
        return False
    chains = [probe.chain for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    return bool(chains) and all(chain.leaf.covers(name) for chain in chains)


def _adopt_host(remote: Remote) -> str:
    return "If the difference is not wanted: " + put_settings(
        {remote.setting("server_name"): _usable_host(remote) or None}
    )


def _proxy_host(remote: Remote) -> str | None:
    return Address(setting="proxy_address", text=remote.proxy_address).host


def _usable_host(remote: Remote) -> str:
    """The host of the proxy address where it could be a server name, else an empty text."""
    host = _proxy_host(remote) or ""
    return "" if not host or _fault(host) or _hidden(host) else host


def _repaired(remote: Remote) -> Setting:
    """What was most likely meant; None (take the setting away) where nothing can be guessed."""
    visible = "".join(c for c in remote.server_name[: 2 * _LONGEST_NAME] if not _is_hidden(c))
    plain = _PORT.sub("", _SCHEME.sub("", visible.strip()).partition("/")[0]).rstrip(".")
    if plain and not _fault(plain):
        return plain
    return _usable_host(remote) or None


def _fault(name: str) -> str:
    """Say why a server name can't be used; empty if it can."""
    if any(c.isspace() for c in name):
        return "it contains white space"
    if _is_literal(name):
        return "it is an IP address"
    for mark, fault in {"/": "it contains a slash", ":": "it contains a colon", "*": "it contains a wildcard"}.items():
        if mark in name:
            return fault
    if name.endswith("."):
        return "it ends in a dot"
    if len(name) > _LONGEST_NAME:
        return f"it has {len(name)} characters, {_LONGEST_NAME} at most are allowed"
    return next((fault for label in name.split(".") if (fault := _label_fault(label))), "")


def _label_fault(label: str) -> str:
    if not label:
        return "it has two dots in a row or begins with one"
    try:
        plain = idna.ToASCII(label).decode("ascii")  # Java does the same: RFC 3490.
    except UnicodeError:
        if len(label) > _LONGEST_LABEL:
            return f"its part {shorten(label, 80)!r} is longer than {_LONGEST_LABEL} characters"
        return f"its part {shorten(label, 80)!r} is no text that a DNS name can hold"
    if len(plain) > _LONGEST_LABEL:
        return f"its part {shorten(label, 80)!r} is longer than {_LONGEST_LABEL} characters"
    if not _LABEL.fullmatch(plain):
        return f"its part {label!r} has something else than letters, digits and inner dashes"
    return ""


def _is_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return is_ip(name) and ":" not in name
    return True


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} or character == "\u3164"


def _hidden(name: str) -> str:
    """The first invisible character of a name, as U+200B; empty if there is none."""
    return next((f"U+{ord(c):04X}" for c in name if _is_hidden(c)), "")


CHECKS = (server_name_missing, server_name_mismatch, server_name_format)

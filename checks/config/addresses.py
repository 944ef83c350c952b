"""Addresses: ``proxy_address``, ``proxy`` and ``seeds`` have to be ``host:port``, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checks.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.config.grammar import Fault, clean, fault_of, flaws_of, repair, zone_of
from checks.remedies import put_settings
from checks.tables import docs
from checks.tables.ports import at_cloud, http_service, ports_of
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Address, Fact, Finding, Kind, Mode, Remote, Severity, mask_userinfo, shorten

_FIELDS_OF_AN_ENDPOINT = 3  # <alias>.es.<region>.<domain …>


@check(
    "config/address-semicolon",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.EC_SELF, docs.SETTINGS),
    tags=("address",),
    source="Elasticsearch RemoteConnectionStrategy: the port stands after the last colon",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
)
def address_semicolon(remote: Remote) -> Yields:
    """Host and port of the address are joined by a semicolon.

    Why it matters: Elasticsearch looks for a colon, and refuses the setting with ``remote hosts need to be configured as
    [host:port]``. Some pages of the documentation say semicolon where they mean colon.

    How to fix: write ``host:port``.

    Example: ``proxy_address: logs.example;9443``.
    """
    for address in _at_fault(remote, Fault.SEMICOLON):
        yield Finding(
            summary=f"{address.setting} is {_shown(address)}: a semicolon stands where Elasticsearch expects a colon, host:port.",
            remedy=_change(remote, address),
            facts=_facts(address, "host:port"),
        )
    yield from _or_not_applicable(remote, Fault.SEMICOLON)


@check(
    "config/address-scheme",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("address",),
    source="kibana#156355; Elasticsearch RemoteConnectionStrategy: everything before the last colon is the host",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
)
def address_scheme(remote: Remote) -> Yields:
    """The address of the remote is a URL, or has parts of one.

    Why it matters: Elasticsearch takes everything before the last colon for the host. ``https://logs.example:9443`` is stored
    without complaint, and then there is no host of the name ``https://logs.example``.

    How to fix: leave out scheme, path, user and password; only ``host:port`` stays.

    Example: ``proxy_address: https://logs.example:9443``.
    """
    for address in _at_fault(remote, Fault.SCHEME, Fault.PARTS_OF_URL):
        yield Finding(
            summary=f"{address.setting} is {_shown(address)}: {_part_of_url(address.text)}; Elasticsearch expects host:port.",
            remedy=_change(remote, address),
            facts=_facts(address, "host:port"),
        )
    yield from _or_not_applicable(remote, Fault.SCHEME, Fault.PARTS_OF_URL)


def _part_of_url(text: str) -> str:
    if "://" in text:
        return "it begins with a scheme, like a URL"
    if "@" in text:
        return "it has a user in front of the host"
    return "it has a path or a query"


@check(
    "config/address-no-port",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("address",),
    source="Elasticsearch RemoteConnectionStrategy: parsing of host and port",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
)
def address_no_port(remote: Remote) -> Yields:
    """The remote has no address, or one without a usable port.

    Why it matters: there is no default. Elasticsearch refuses the setting (``failed to parse port``, ``port number must be
    > 0``), or stores a port above 65535 and fails when it connects.

    How to fix: add the port: 9443 for a remote with an API key; 9300 for certificates, 9400 at Elastic Cloud and ECE.

    Example: ``proxy_address: logs.example``.
    """
    for address in _at_fault(remote, Fault.NO_PORT):
        yield Finding(
            summary=f"{address.setting} is {_shown(address)}: {_port_trouble(address.text)}; expected host:port with a port from 1 to 65535.",
            remedy=_change(remote, address),
            facts=_facts(address, "host:port"),
        )
    if not remote.addresses:
        yield _no_address(remote)
    yield from _or_not_applicable(remote, Fault.NO_PORT)


def _no_address(remote: Remote) -> Finding:
    """Without an address there is no remote: Elasticsearch stores the other settings and never connects."""
    setting = "proxy_address" if remote.effective_mode is Mode.PROXY else "seeds"
    example = "<host>:<port>" if setting == "proxy_address" else ["<host>:<port>"]
    return Finding(
        summary=f"No address is configured: neither proxy_address nor seeds; mode {remote.effective_mode} needs {setting}.",
        remedy=put_settings({remote.setting(setting): example}),
        facts={"setting": remote.setting(setting), "observed": "", "expected": "host:port"},
    )


def _port_trouble(text: str) -> str:  # noqa: PLR0911 -- each fault has its own words, and the first one found counts.
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        return "it has no port"
    if not port:
        return "nothing follows the colon"
    if not port.isdecimal():
        return f"{shorten(port, 40)} after the last colon is no number"
    if not host:
        return "it has no host"
    if not 0 < int(port.lstrip("0")[:6] or "0") <= 65535:  # noqa: PLR2004 -- the highest port there is.
        return f"there is no port {shorten(port, 40)}"
    if zone := zone_of(host):
        return f"%{shorten(zone, 40)} names a network interface of one machine, and every node dials this address"
    return f"{shorten(host, 80)} is no host"


@check(
    "config/address-ipv6-unbracketed",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("address", "ipv6"),
    source="Elasticsearch TcpTransport: IPv6 addresses are bracketed; kibana#233415",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
)
def address_ipv6_unbracketed(remote: Remote) -> Yields:
    """The address of the remote is an IPv6 address without brackets.

    Why it matters: an IPv6 address is full of colons, and Elasticsearch takes what follows the last one for the port. It then
    dials a host that nobody meant.

    How to fix: put the address in brackets, and the port behind them. Kibana's form takes that from 9.2 on; use the settings
    API before.

    Example: ``proxy_address: 2001:db8::1:9443`` instead of ``[2001:db8::1]:9443``.
    """
    for address in _at_fault(remote, Fault.IPV6):
        yield Finding(
            summary=f"{address.setting} is {_shown(address)}: an IPv6 address without brackets; expected [address]:port.",
            remedy=_change(remote, address),
            facts=_facts(address, "[address]:port"),
        )
    yield from _or_not_applicable(remote, Fault.IPV6)


@check(
    "config/address-hygiene",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.MODES),
    tags=("address",),
    source="elasticsearch#50391, elasticsearch#82366 (one address only); RFC 1035 section 2.3.4, RFC 1123 section 2.1",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
)
def address_hygiene(remote: Remote) -> Yields:
    """The address of the remote was copied or filled in carelessly.

    Why it matters: a placeholder that nobody filled in, several addresses in one, blanks or characters that can't be seen: the
    value looks right, and the name in it does not resolve. Upper-case letters, underscores and a dot at the end mostly work, until a
    certificate or a proxy compares names letter by letter.

    How to fix: type the value anew. ``proxy_address`` takes one address; put several behind one DNS name or a load balancer.

    Example: ``proxy_address: <remote-host>:9443``.
    """
    for address in _at_fault(remote, Fault.PLACEHOLDER, Fault.LIST, Fault.BLANK):
        yield _careless(remote, address, fault_of(address))
    for address in _at_fault(remote, Fault.NONE):
        host = address.host or ""
        if flaws := flaws_of(host):
            yield Finding(
                summary=f"{address.setting} is {_shown(address)}: its host has {', '.join(flaws)}; expected a plain DNS name.",
                remedy=_change(remote, address, f"{clean(host) or '<host>'}:{address.port}"),
                severity=Severity.WARNING,
                facts={**_facts(address, "host:port"), "flaws": flaws},
            )
    if any(char.isupper() for char in remote.server_name):
        yield Finding(
            summary=f"server_name is {shorten(remote.server_name)}: it has upper-case letters; expected a plain DNS name.",
            remedy=put_settings({remote.setting("server_name"): remote.server_name.lower()}),
            severity=Severity.WARNING,
            facts={"setting": "server_name", "observed": shorten(remote.server_name), "flaws": ("upper-case letters",)},
        )
    yield from _or_not_applicable(remote, Fault.PLACEHOLDER, Fault.LIST, Fault.BLANK, Fault.NONE)


def _careless(remote: Remote, address: Address, fault: Fault) -> Finding:
    match fault:
        case Fault.PLACEHOLDER:
            why = "a placeholder was left in"
        case Fault.LIST:
            why = f"several addresses stand in one{'' if address.setting.startswith('seeds') else ', and it takes a single one'}"
        case _:
            why = "it contains blanks"
    return Finding(
        summary=f"{address.setting} is {_shown(address)}: {why}; expected host:port.",
        remedy=_change(remote, address),
        facts=_facts(address, "host:port"),
    )


def _items(text: str) -> list[str]:
    """The items of a list that was written as one text, with or without brackets around it."""
    text = text.strip()
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return re.sub(r"[,;\"]", " ", inner).split()


@check(
    "config/address-es-endpoint",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.EC_SELF, docs.A_CLOUD),
    tags=("address", "cloud"),
    source="documentation: remote clusters with Elastic Cloud Hosted, proxy address; elasticsearch clients, Cloud ID",
)
def address_es_endpoint(remote: Remote) -> Yields:
    """The address of the remote is its Cloud ID or its Elasticsearch endpoint, not its proxy address.

    Why it matters: a Cloud ID is a bundle of encoded addresses that only clients can read. The Elasticsearch endpoint is meant
    for HTTP; its alias form may work for remotes or not.

    How to fix: copy the proxy address from the Security page of the remote deployment.

    Example: ``proxy_address: logs:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pbyQ…``.
    """
    for address in _at_fault(remote, Fault.CLOUD_ID):
        yield Finding(
            summary=f"{address.setting} is {_shown(address)}: a Cloud ID; expected host:port.",
            remedy="Copy the proxy address from the Security page of the remote deployment: "
            + _change(remote, address),
            facts=_facts(address, "host:port"),
        )
    for address in _at_fault(remote, Fault.NONE):
        if _is_endpoint(remote, address.host or ""):
            yield Finding(
                summary=f"{address.setting} is {_shown(address)}: it looks like the Elasticsearch endpoint of a deployment; expected its "
                "proxy address.",
                remedy="Compare it with the proxy address on the Security page of the remote deployment: "
                + _change(remote, address, f"<proxy address>:{address.port}"),
                severity=Severity.WARNING,
                facts=_facts(address, "the proxy address"),
            )
    yield from _or_not_applicable(remote, Fault.CLOUD_ID, Fault.NONE)


def _is_endpoint(remote: Remote, host: str) -> bool:
    """Tell the alias form ``<alias>.es.<region>.<domain>``; elsewhere than on Cloud a label ``es`` means nothing."""
    _, _, rest = host.lower().partition(".es.")
    labels = host.lower().split(".")
    there = remote.kind in {Kind.HOSTED, Kind.ECE} or at_cloud(host)
    return there and labels[1:2] == ["es"] and len(rest.split(".")) >= _FIELDS_OF_AN_ENDPOINT


def _at_fault(remote: Remote, *faults: Fault) -> Iterator[Address]:
    return (address for address in remote.addresses if fault_of(address) in faults)


def _or_not_applicable(remote: Remote, *mine: Fault) -> Iterator[NotApplicable]:
    """Say that there is nothing to judge: no address, or each one is the matter of another check already."""
    faults = {fault_of(address) for address in remote.addresses}
    if not faults:
        yield NotApplicable("no address is configured")
    elif Fault.NONE not in faults and not faults & set(mine):
        others = sorted({fault.check for fault in faults})
        yield NotApplicable(
            f"{' and '.join(others)} is about it" if len(others) == 1 else f"{', '.join(others)} are about it"
        )


def mended(remote: Remote) -> Remote:
    """The remote with its addresses as they were most likely meant, for remedies that write them down again."""
    texts = {address.setting: _meant(remote, address) for address in remote.addresses}
    seeds = (text for setting, found in texts.items() if setting.startswith("seeds") for text in found)
    return replace(
        remote,
        proxy_address=texts.get("proxy_address", ("",))[0],
        seeds=tuple(dict.fromkeys(seeds)),
        proxy=texts.get("proxy", ("",))[0],
    )


def _change(remote: Remote, address: Address, *texts: str) -> str:
    """Word the call that mends one address, by ``texts`` or as it was most likely meant; of seeds it mends the others too."""
    texts = texts or _meant(remote, address)
    if not address.setting.startswith("seeds"):
        return put_settings({remote.setting(address.setting): texts[0]})
    seeds = [
        text
        for other in remote.addresses
        if other.setting.startswith("seeds")
        for text in (texts if other == address else _meant(remote, other))
    ]
    return put_settings({remote.setting("seeds"): list(dict.fromkeys(seeds))})


def _meant(remote: Remote, address: Address) -> tuple[str, ...]:
    """What an address was most likely meant to be; several where it is a list, as written where it can be read."""
    expected = _expected(remote, "")
    match fault_of(address):
        case Fault.NONE:
            return (address.text,)
        case Fault.PLACEHOLDER:
            return (f"<host>:{expected}",)
        case Fault.CLOUD_ID:
            return (f"<proxy address>:{expected}",)
        case Fault.LIST:
            return tuple(repair(text, expected) for text in _items(address.text)) or (f"<host>:{expected}",)
        case _:
            return (_repaired(remote, address),)


def _repaired(remote: Remote, address: Address) -> str:
    """What was most likely meant; the port of an HTTP service in a URL is replaced by the one for remotes."""
    text = repair(address.text, 0)
    host, _, port = text.rpartition(":")
    expected = _expected(remote, host)
    from_url = fault_of(address) is Fault.SCHEME
    return f"{host}:{expected if port == '0' or (from_url and http_service(int(port))) else port}"


def _expected(remote: Remote, host: str) -> int:
    ports = ports_of(remote.kind, host) or ports_of(Kind.HOSTED)
    return ports.expected(remote.security_model) if ports else 0


def _shown(address: Address) -> str:
    return shorten(mask_userinfo(address.text))


def _facts(address: Address, expected: str) -> dict[str, Fact]:
    return {"setting": address.setting, "observed": shorten(mask_userinfo(address.text)), "expected": expected}


CHECKS = (
    address_semicolon,
    address_scheme,
    address_no_port,
    address_ipv6_unbracketed,
    address_hygiene,
    address_es_endpoint,
)

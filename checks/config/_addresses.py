"""Addresses: ``proxy_address``, ``proxy`` and ``seeds`` have to be ``host:port``, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checks.config._grammar import Fault, fault_of, repair
from checks.shared.fixes import put_settings
from diag.check import NotApplicable
from diag.model import Address, Fact, Kind, Remote, Request, http_service, mask_userinfo, ports_of, shorten


def _items(text: str) -> list[str]:
    """The items of a list that was written as one text, with or without brackets around it."""
    text = text.strip()
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return re.sub(r"[,;\"]", " ", inner).split()


def at_fault(remote: Remote, *faults: Fault) -> Iterator[Address]:
    return (address for address in remote.addresses if fault_of(address) in faults)


def or_not_applicable(remote: Remote, *mine: Fault) -> Iterator[NotApplicable]:
    """Say that there is nothing to judge: no address, or each one is the matter of another check already."""
    faults = {fault_of(address) for address in remote.addresses}
    if not faults:
        yield NotApplicable("no address is configured")
    elif Fault.NONE not in faults and not faults & set(mine):
        others = sorted({fault.check for fault in faults})
        yield NotApplicable(
            f"{' and '.join(others)} is about it" if len(others) == 1 else f"{', '.join(others)} are about it"
        )


def fixed(remote: Remote) -> Remote:
    """The remote with its addresses as they were most likely meant, for remedies that write them down again."""
    texts = {address.setting: _meant(remote, address) for address in remote.addresses}
    seeds = (text for setting, found in texts.items() if setting.startswith("seeds") for text in found)
    return replace(
        remote,
        proxy_address=texts.get("proxy_address", ("",))[0],
        seeds=tuple(dict.fromkeys(seeds)),
        proxy=texts.get("proxy", ("",))[0],
    )


def change(remote: Remote, address: Address, *texts: str) -> Request:
    """The call that corrects one address, by ``texts`` or as it was most likely meant; of seeds it corrects the others too."""
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


def shown(address: Address) -> str:
    return shorten(mask_userinfo(address.text))


def facts(address: Address, expected: str) -> dict[str, Fact]:
    return {"setting": address.setting, "observed": shorten(mask_userinfo(address.text)), "expected": expected}

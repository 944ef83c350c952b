"""Which addresses a remote dials, with which server name, and which names the certificate there may carry."""

from __future__ import annotations

from typing import Final

from diag.model import (
    Address,
    Endpoint,
    LocalVersion,
    Mode,
    Reason,
    Remote,
    Step,
    Unavailable,
    Version,
    is_ip,
)

# From this release on, sniff with `proxy` sends the host of the proxy, before it that of the seed (SniffConnectionStrategy).
_SENDS_PROXY_HOST: Final = Version(7, 6)
_SHOWN: Final = 100


def endpoints_of(remote: Remote, local: LocalVersion | Unavailable) -> tuple[Endpoint, ...] | Unavailable:
    """Give the addresses that can be dialled. Those that are no ``host:port`` are a matter of the checks."""
    found = tuple(endpoint for address in remote.dialled if (endpoint := _endpoint(remote, address, local)) is not None)
    if found:
        return found
    if not remote.dialled:
        detail = "no address is configured for this remote"
    else:
        texts = ", ".join(f"{address.setting} {address.text[:_SHOWN]!r}" for address in remote.dialled[:3])
        detail = f"no configured address is a host with a port: {texts}"
    return Unavailable(step=Step.CONFIGURATION, reason=Reason.NO_ADDRESS, detail=detail)


def _endpoint(remote: Remote, address: Address, local: LocalVersion | Unavailable) -> Endpoint | None:
    if address.parts is None:
        return None
    host, port = address.parts
    wanted = _wanted_name(remote, address, local) or host
    return Endpoint(
        setting=address.setting,
        host=host,
        port=port,
        server_name="" if is_ip(wanted) else wanted,
        names=tuple(dict.fromkeys((wanted, host))),
    )


def _wanted_name(remote: Remote, address: Address, local: LocalVersion | Unavailable) -> str:
    """The name that is asked for, empty where it is that of the dialled host."""
    if address.setting == "proxy_address" or remote.effective_mode is Mode.PROXY:
        return remote.server_name.strip()
    if address.setting != "proxy" or isinstance(local, Unavailable) or local.number >= _SENDS_PROXY_HOST:
        return ""
    seeds = (Address(setting="seeds", text=seed).host for seed in remote.seeds)
    return next((host for host in seeds if host), "")

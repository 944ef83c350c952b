"""Sniff mode where it does not fit: behind a proxy, and in the form from before there was proxy mode."""

from __future__ import annotations

from checks.shared.fixes import Setting, put_settings
from diag.model import (
    SERVER_NAME,
    Address,
    Kind,
    LocalVersion,
    Mode,
    Remote,
    Request,
    Unavailable,
    is_ip,
)

BEHIND_PROXY = (Kind.HOSTED, Kind.ECE)


def addresses(remote: Remote, setting: str) -> list[Address]:
    return [address for address in remote.addresses if address.setting.partition("[")[0] == setting]


def to_proxy_mode(remote: Remote, local_version: LocalVersion | Unavailable) -> Request:
    address = next(iter(addresses(remote, "proxy") or addresses(remote, "seeds")), None)
    values: dict[str, Setting] = {
        "mode": Mode.PROXY.value,
        "proxy_address": address.text if address else "<host:port>",
    }
    if isinstance(local_version, Unavailable) or local_version.number >= SERVER_NAME.since:
        hosts = [one.host for one in (*addresses(remote, "seeds"), *addresses(remote, "proxy"))]
        names = [host for host in hosts if host and not is_ip(host)]
        values["server_name"] = next(iter(names), "<name in the certificate of the remote>")
    values |= {name: None for name in ("seeds", "proxy") if getattr(remote, name)}
    return put_settings({remote.setting(name): value for name, value in values.items()})

"""What the configuration and the machine say about who may ask: the rules of the web side, and the certificates that it admits."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from diag.config import Daemon as DaemonSettings
from diag.daemon.web_guard_file import WebGuardFile
from diag.web.guard import Guards, Rules


def rules_for(bound: socket.socket, listen_host: str) -> Callable[[DaemonSettings], Rules]:
    """The rules at a bound address, as they follow from the settings."""
    names = {name.lower() for name in (listen_host.strip("[]"), socket.gethostname())}
    beyond = not ipaddress.ip_address(bound.getsockname()[0].partition("%")[0]).is_loopback
    # The name with its domain may have to be asked for, and nobody waits for that.
    threading.Thread(target=lambda: names.add(socket.getfqdn().lower()), name="own name", daemon=True).start()

    def rules(settings: DaemonSettings) -> Rules:
        return Rules(
            names=frozenset({*tuple(names), urlsplit(settings.url or "").hostname or ""}),
            hosts=tuple(host.lower() for host in settings.hosts),
            tokens=settings.tokens,
            beyond_loopback=beyond,
        )

    return rules


def guards_of(file: WebGuardFile, rules: Callable[[], Rules]) -> Guards:
    """What guards the application: the rules, and what the web configuration says now."""
    return Guards(
        rules=rules,
        users=lambda: file.current.config.basic_auth_users,
        headers=lambda: file.current.config.http_server_config.headers,
    )


def is_admitted(certificate: Mapping[str, Any] | None, allowed: tuple[str, ...]) -> bool:
    """Whether a verified client certificate carries one of the names: DNS, IP address, e-mail or URI, each as it is written."""
    if not allowed:
        return True
    names = (certificate or {}).get("subjectAltName", ())
    return any(_plain(kind, value) in allowed for kind, value in names)


def _plain(kind: str, value: str) -> str:
    """OpenSSL writes all groups of an IPv6 address; people do not."""
    try:
        return str(ipaddress.ip_address(value)) if kind == "IP Address" else value
    except ValueError:
        return value

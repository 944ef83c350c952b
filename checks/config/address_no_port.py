"""The check config/address-no-port."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault, zone_of
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Finding, Mode, Remote, Severity, shorten


@check(
    "config/address-no-port",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
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
    for address in at_fault(remote, Fault.NO_PORT):
        yield Finding(
            summary=f"{address.setting} is {shown(address)}: {_port_fault(address.text)}; expected host:port with a port from 1 to 65535.",
            remedy="Write host and port.",
            fix=on_local(change(remote, address)),
            facts=facts(address, "host:port"),
        )
    if not remote.addresses:
        yield _no_address(remote)
    yield from or_not_applicable(remote, Fault.NO_PORT)


def _no_address(remote: Remote) -> Finding:
    """Without an address there is no remote: Elasticsearch stores the other settings and never connects."""
    setting = "proxy_address" if remote.effective_mode is Mode.PROXY else "seeds"
    example = "<host>:<port>" if setting == "proxy_address" else ["<host>:<port>"]
    return Finding(
        summary=f"No address is configured: neither proxy_address nor seeds; mode {remote.effective_mode} needs {setting}.",
        remedy="Set its address.",
        fix=on_local(put_settings({remote.setting(setting): example})),
        facts={"setting": remote.setting(setting), "observed": "", "expected": "host:port"},
    )


def _port_fault(text: str) -> str:  # noqa: PLR0911 -- each fault has its own words, and the first one found counts.
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

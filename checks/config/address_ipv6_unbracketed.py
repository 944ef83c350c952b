"""The check config/address-ipv6-unbracketed."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Finding, Remote, Severity


@check(
    "config/address-ipv6-unbracketed",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
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
    for address in at_fault(remote, Fault.IPV6):
        yield Finding(
            summary=f"{address.setting} is {shown(address)}: an IPv6 address without brackets; expected [address]:port.",
            remedy="Put the address in brackets.",
            fix=on_local(change(remote, address)),
            facts=facts(address, "[address]:port"),
        )
    yield from or_not_applicable(remote, Fault.IPV6)

"""The check config/address-hygiene."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault, clean, fault_of, flaws_of
from checks.config._server_name import fault_of as name_fault
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Address, Finding, Remote, Severity, shorten


@check(
    "config/address-hygiene",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.CONNECTION_MODES),
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
    for address in at_fault(remote, Fault.PLACEHOLDER, Fault.LIST, Fault.BLANK):
        yield _lenient_spelling(remote, address, fault_of(address))
    for address in at_fault(remote, Fault.NONE):
        host = address.host or ""
        if flaws := flaws_of(host):
            yield Finding(
                summary=f"{address.setting} is {shown(address)}: its host has {', '.join(flaws)}; expected a plain DNS name.",
                remedy="Write the plain name of the host.",
                fix=on_local(change(remote, address, f"{clean(host) or '<host>'}:{address.port}")),
                severity=Severity.WARNING,
                facts={**facts(address, "host:port"), "flaws": flaws},
            )
        if address.text.rpartition(":")[2].startswith("+"):
            yield Finding(
                summary=f"{address.setting} is {shown(address)}: a plus sign stands before the port, which Elasticsearch overlooks; expected host:port.",
                remedy="Write the port as a plain number.",
                fix=on_local(change(remote, address, f"{address.text.rpartition(':')[0]}:{address.port}")),
                severity=Severity.WARNING,
                facts={**facts(address, "host:port"), "flaws": ("a plus sign",)},
            )
    if any(char.isupper() for char in remote.server_name) and not name_fault(remote.server_name):
        yield Finding(
            summary=f"server_name is {shorten(remote.server_name)}: it has upper-case letters; expected a plain DNS name.",
            remedy="Write it in lower case.",
            fix=on_local(put_settings({remote.setting("server_name"): remote.server_name.lower()})),
            severity=Severity.WARNING,
            facts={"setting": "server_name", "observed": shorten(remote.server_name), "flaws": ("upper-case letters",)},
        )
    yield from or_not_applicable(remote, Fault.PLACEHOLDER, Fault.LIST, Fault.BLANK, Fault.NONE)


def _lenient_spelling(remote: Remote, address: Address, fault: Fault) -> Finding:
    match fault:
        case Fault.PLACEHOLDER:
            why = "a placeholder was left in"
        case Fault.LIST:
            why = f"several addresses stand in one{'' if address.setting.startswith('seeds') else ', and it takes a single one'}"
        case _:
            why = "it contains blanks"
    return Finding(
        summary=f"{address.setting} is {shown(address)}: {why}; expected host:port.",
        remedy="Write it as host:port.",
        fix=on_local(change(remote, address)),
        facts=facts(address, "host:port"),
    )

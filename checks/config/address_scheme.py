"""The check config/address-scheme."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Finding, Remote, Severity


@check(
    "config/address-scheme",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
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
    for address in at_fault(remote, Fault.SCHEME, Fault.PARTS_OF_URL):
        yield Finding(
            summary=f"{address.setting} is {shown(address)}: {_part_of_url(address.text)}; Elasticsearch expects host:port.",
            remedy="Leave host and port, and nothing else.",
            fix=on_local(change(remote, address)),
            facts=facts(address, "host:port"),
        )
    yield from or_not_applicable(remote, Fault.SCHEME, Fault.PARTS_OF_URL)


def _part_of_url(text: str) -> str:
    if "://" in text:
        return "it begins with a scheme, like a URL"
    if "@" in text:
        return "it has a user in front of the host"
    return "it has a path or a query"

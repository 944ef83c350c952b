"""The check config/address-semicolon."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault, fault_of
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.documents import settings_of
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Address, Finding, Remote, SettingsTexts, Severity, mask_userinfo, shorten


def _documents(texts: SettingsTexts) -> Yields:
    """Of a URL with a semicolon in it, whose scheme is reported first, the semicolon is reported too: both are to be taken out of the file."""
    for _, one in settings_of(texts):
        addresses = (Address(setting=one.key, text=text) for text in one.values if ";" in text)
        if one.key.startswith("cluster.remote.") and any(fault_of(address) is Fault.SCHEME for address in addresses):
            yield Finding(
                summary=f"{shorten(one.key)} is {shorten(mask_userinfo(one.text))}: a semicolon stands in it; expected host:port.",
                remedy="Take the semicolon away.",
                origin=one.origin,
                facts={"setting": shorten(one.key), "expected": "host:port"},
            )


@check(
    "config/address-semicolon",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("address",),
    source="Elasticsearch RemoteConnectionStrategy: the port stands after the last colon",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_DNS,
    in_documents=_documents,
)
def address_semicolon(remote: Remote) -> Yields:
    """Host and port of the address are joined by a semicolon.

    Why it matters: Elasticsearch looks for a colon, and refuses the setting with ``remote hosts need to be configured as
    [host:port]``. Some pages of the documentation say semicolon where they mean colon.

    How to fix: write ``host:port``.

    Example: ``proxy_address: logs.example;9443``.
    """
    for address in at_fault(remote, Fault.SEMICOLON):
        yield Finding(
            summary=f"{address.setting} is {shown(address)}: a semicolon stands where Elasticsearch expects a colon, host:port.",
            remedy="Write a colon between host and port.",
            fix=on_local(change(remote, address)),
            facts=facts(address, "host:port"),
        )
    yield from or_not_applicable(remote, Fault.SEMICOLON)

"""The check config/address-es-endpoint."""

from __future__ import annotations

from checks.config._addresses import at_fault, change, facts, or_not_applicable, shown
from checks.config._grammar import Fault
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import Finding, Kind, Remote, Severity, at_cloud

_FIELDS_OF_AN_ENDPOINT = 3  # <alias>.es.<region>.<domain …>


@check(
    "config/address-es-endpoint",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.API_CLOUD),
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
    for address in at_fault(remote, Fault.CLOUD_ID):
        yield Finding(
            summary=f"{address.setting} is {shown(address)}: a Cloud ID; expected host:port.",
            remedy="Copy the proxy address from the Security page of the remote deployment.",
            fix=on_local(change(remote, address)),
            facts=facts(address, "host:port"),
        )
    for address in at_fault(remote, Fault.NONE):
        if _is_endpoint(remote, address.host or ""):
            yield Finding(
                summary=f"{address.setting} is {shown(address)}: it looks like the Elasticsearch endpoint of a deployment; expected its "
                "proxy address.",
                remedy="Compare it with the proxy address on the Security page of the remote deployment.",
                fix=on_local(change(remote, address, f"<proxy address>:{address.port}"), when="if they differ"),
                severity=Severity.WARNING,
                facts=facts(address, "the proxy address"),
            )
    yield from or_not_applicable(remote, Fault.CLOUD_ID, Fault.NONE)


def _is_endpoint(remote: Remote, host: str) -> bool:
    """Tell the alias form ``<alias>.es.<region>.<domain>``; elsewhere than on Cloud a label ``es`` means nothing."""
    _, _, rest = host.lower().partition(".es.")
    labels = host.lower().split(".")
    there = remote.kind in {Kind.HOSTED, Kind.ECE} or at_cloud(host)
    return there and labels[1:2] == ["es"] and len(rest.split(".")) >= _FIELDS_OF_AN_ENDPOINT

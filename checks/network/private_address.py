"""The check network/private-address."""

from __future__ import annotations

from checks.network._dns import MAX_SHOWN, private_kind
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Kind,
    Layer,
    Resolution,
    Severity,
    shorten,
)


@check(
    "network/private-address",
    severity=Severity.ERROR,
    layer=Layer.DNS,
    applies=Applies(local_kinds=(Kind.HOSTED, Kind.SERVERLESS)),
    docs=(docs.REMOTE_CLUSTERS, docs.HOSTED_STATIC_IPS),
    tags=("dns", "routing"),
    source="RFC 1918, RFC 4193, RFC 6598; documentation: Elastic Cloud static IPs",
    explains=("network/tcp-refused", "network/tcp-timeout", "network/ip-es-io", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def private_address(endpoint: Endpoint, resolution: Resolution) -> Yields:
    """A local cluster in the cloud has no way to the private address of the remote.

    Why it matters: a hosted deployment or a serverless project connects over the public internet. It can't route to private,
    link-local or loopback addresses, and each attempt times out. A probe from a machine next to the remote does not show it.

    How to fix: give the remote a public address, and put that, or a name that leads to it everywhere, into the settings. Where your
    own name server answers differently from a public one, look the name up at a public one first.

    Example: ``proxy_address: 10.20.30.40:9443`` on a hosted deployment.
    """
    found = {text: kind for text in resolution.addresses if (kind := private_kind(text))}
    if not found:
        return
    kinds = " and ".join(dict.fromkeys(found.values()))
    subject = (
        shorten(endpoint.host) if resolution.literal else f"{shorten(endpoint.host)}, looked up from this machine,"
    )
    what = f"is a {kinds} address" if resolution.literal else f"has {kinds} addresses: {_count(found, resolution)}"
    check_first = (
        ""
        if resolution.literal
        else f"Look {shorten(endpoint.host)} up at a public name server; if it has no other address there, "
    )
    step = f"give the remote a public address and put it into {endpoint.setting}."
    yield Finding(
        summary=f"{subject} {what}; a local cluster in the cloud needs a public one.",
        remedy=check_first + (step if check_first else step[0].upper() + step[1:]),
        facts={
            "host": shorten(endpoint.host),
            "private": tuple(found)[:MAX_SHOWN],
            "addresses_found": len(resolution.addresses),
        },
    )


def _count(found: dict[str, str], resolution: Resolution) -> str:
    shown = ", ".join(list(found)[:3]) + (", …" if len(found) > 3 else "")  # noqa: PLR2004 -- as many as a line holds.
    return f"{len(found)} of {len(resolution.addresses)}, {shown}"

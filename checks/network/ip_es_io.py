"""The check network/ip-es-io."""

from __future__ import annotations

import re
from typing import Final

from checks.network._dns import private_kind
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Kind,
    Layer,
    LocalCluster,
    Resolution,
    Severity,
    as_fact,
    is_ip,
)

_IP_ES_IO: Final = re.compile(r"(?:[^.]+\.)+((?:\d{1,3}\.){3}\d{1,3})\.ip\.es\.io\.?", re.IGNORECASE | re.ASCII)
_HIGHEST_OCTET: Final = 255
# They connect over the public internet, and have no way to a private address.
_AWAY: Final = frozenset({Kind.HOSTED, Kind.SERVERLESS})


@check(
    "network/ip-es-io",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    layer=Layer.DNS,
    docs=(docs.ECE_ENDPOINTS, docs.ECE_CERTIFICATES),
    tags=("dns", "ece"),
    source="documentation: change endpoint URLs of Elastic Cloud Enterprise",
)
def ip_es_io(cluster: LocalCluster, endpoint: Endpoint, resolution: Resolution) -> Yields:
    """The name is the default one of ECE, with an IP address in it.

    Why it matters: ``<id>.<address>.ip.es.io`` leads to the address in the name. Where that is private, nobody outside gets there; where the
    name server answers with another one, something rewrites the answer.

    How to fix: give the ECE installation a name and a certificate of your own.

    Example: ``abc.192.168.44.10.ip.es.io`` from another site.
    """
    found = _IP_ES_IO.fullmatch(endpoint.host)
    inside = found[1] if found else ""
    if not _is_ipv4(inside):
        yield NotApplicable("not a name of ip.es.io with an IP address in it")
    elif inside not in resolution.addresses:
        yield Finding(
            summary=f"The name stands for {inside}, and resolves to {', '.join(resolution.addresses[:3])}.",
            remedy="Look the name up on a node of the local cluster; a name server that forbids private answers (rebinding) may be the cause.",
            severity=Severity.WARNING,
            facts={"observed": as_fact(resolution.addresses), "expected": inside},
        )
    elif kind := private_kind(inside):
        away = cluster.kind in _AWAY
        who = "a local cluster in the cloud can't get there" if away else "only machines of that network get there"
        yield Finding(
            summary=f"The name leads to the {kind} address {inside}: {who}.",
            remedy="Give the ECE installation a public name and certificate (change the endpoint URLs), and put that name into "
            f"{endpoint.setting}."
            if away
            else "For clusters elsewhere give the ECE installation a routable name and certificate (change the endpoint URLs).",
            severity=Severity.ERROR if away else Severity.INFO,
            facts={"observed": inside, "expected": "an address that the local cluster reaches"},
        )


def _is_ipv4(text: str) -> bool:
    return is_ip(text) and all(int(number) <= _HIGHEST_OCTET for number in text.split("."))

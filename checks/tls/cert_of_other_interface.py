"""The check tls/cert-of-other-interface."""

from __future__ import annotations

from typing import Final

from checks.shared.certificate_text import subject
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import CLOUD_NAME, Chain, Endpoint, Finding, Kind, Severity

_SERVER: Final = 9443
_TRANSPORT: Final = 9400


@check(
    "tls/cert-of-other-interface",
    severity=Severity.WARNING,
    applies=Applies(remote_kinds=(Kind.HOSTED, Kind.ECE)),
    docs=(docs.SECURITY_MODELS, docs.HOSTED_TO_SELF_MANAGED),
    tags=("ports", "certificates"),
    source="documentation: remote clusters at Elastic Cloud and ECE; the pattern by port is partly concluded from reports",
)
def cert_of_other_interface(endpoint: Endpoint, chain: Chain) -> Yields:
    """The certificate looks like that of the other interface.

    Why it matters: at Elastic Cloud and ECE, 9400 presents certificates of nodes from a private CA, 9443 one of the proxies from a public
    CA. Swapped, a balancer leads to the wrong port.

    How to fix: check the port in the settings, and the mapping of ports in the balancer.

    Example: a balancer forwards 9443 to 9400 of the proxies.
    """
    leaf = chain.leaf
    if endpoint.port == _SERVER and CLOUD_NAME.fullmatch(leaf.common_name):
        shown, wanted = "that of a node", "that of the remote cluster server"
    elif endpoint.port == _TRANSPORT and chain.public:
        shown, wanted = "issued by a public CA", "that of a node, from a private CA"
    else:
        if endpoint.port not in {_SERVER, _TRANSPORT}:
            yield NotApplicable(f"port {endpoint.port} is neither {_SERVER} nor {_TRANSPORT}")
        return
    yield Finding(
        summary=f"On port {endpoint.port} the certificate of {subject(leaf)} is {shown}; expected {wanted}.",
        remedy=f"Check the port in {endpoint.setting}, and to which port a balancer before it forwards {endpoint.port}.",
        facts={"observed": shown, "expected": wanted, "port": endpoint.port},
    )

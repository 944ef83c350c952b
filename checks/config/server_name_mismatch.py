"""The check config/server-name-mismatch."""

from __future__ import annotations

from checks.config._server_name import proxy_host, usable_host
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Chain, Endpoints, Finding, Mode, Remote, Severity, Unavailable, is_ip, shorten


@check(
    "config/server-name-mismatch",
    severity=Severity.INFO,
    applies=Applies.settings(modes=(Mode.PROXY,)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.ECE_ENDPOINTS),
    tags=("sni",),
    source="documentation: remote cluster settings, server_name and proxy_address",
)
def server_name_mismatch(remote: Remote, endpoints: Endpoints | Unavailable) -> Yields:
    """The server name differs from the host of the proxy address, and no certificate shows that this is right.

    Why it matters: mostly nothing. Two different names are right where the certificate or the proxy knows the remote by
    another name than DNS does, and wrong after a typo. What the certificate says decides, and
    ``tls/hostname-mismatch`` reads it; this is only the hint where to look.

    How to fix: if the difference is not wanted, copy both values from the same page of the remote deployment.

    Example: ``proxy_address: logs.example:9443`` with ``server_name: audit.example``.
    """
    host = proxy_host(remote)
    if not remote.server_name:
        yield NotApplicable("there is no server_name")
    elif not remote.proxy_address:
        yield NotApplicable("there is no proxy_address")
    elif host is None:
        yield Unknown("proxy_address is no host:port, so there is no host to compare with")
    elif remote.server_name.lower() == host.lower() or _is_in_certificate(remote.server_name, endpoints):
        return
    elif is_ip(host):  # A server name that is no IP address is the very purpose of the setting then.
        yield NotApplicable(
            "proxy_address holds an IP address; tls/hostname-mismatch is about the name in the certificate"
        )
    else:
        yield Finding(
            summary=(
                f"server_name is {shorten(remote.server_name)}, proxy_address dials {shorten(host)}; "
                "they usually are the same, and the certificate decides (tls/hostname-mismatch)."
            ),
            remedy="Nothing, if the difference is wanted.",
            fix=on_local(
                put_settings({remote.setting("server_name"): usable_host(remote) or None}), when="if it is not wanted"
            ),
            facts={
                "setting": remote.setting("server_name"),
                "observed": shorten(remote.server_name),
                "expected": shorten(host),
            },
        )


def _is_in_certificate(name: str, endpoints: Endpoints | Unavailable) -> bool:
    """Tell whether every address that was looked at presents a certificate with this name: then the two names are meant to differ."""
    if isinstance(endpoints, Unavailable):
        return False
    chains = [probe.chain for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    return bool(chains) and all(chain.leaf.covers(name) for chain in chains)

"""The check tls/nodes-differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Chain,
    Endpoint,
    Endpoints,
    Finding,
    Now,
    Severity,
    Thresholds,
    Unavailable,
    listed,
    shorten,
)

_DAY: Final = timedelta(days=1)


@check(
    "tls/nodes-differ",
    severity=Severity.WARNING,
    docs=(docs.CERTUTIL, docs.TROUBLESHOOT_TLS_TRUST),
    tags=("tls", "nodes"),
    source="documentation: elasticsearch-certutil; own rule",
)
def nodes_differ(endpoints: Endpoints, thresholds: Thresholds, now: Now) -> Yields:
    """The addresses of the remote present certificates that differ in issuer, in fitting names, or in how long they last.

    Why it matters: the connection works or fails with the node that a balancer picks, or that a seed happens to be.

    How to fix: copy the new certificates to every node of the remote cluster.

    Example: two of three nodes got their new certificate, the third one still has that of the old CA.
    """
    shown: list[tuple[str, Endpoint, Chain | Unavailable]] = []
    for one in endpoints.all:
        shown += [(str(probe), one.endpoint, probe.chain) for probe in one.probes]
        if isinstance(one.resolution, Unavailable):
            shown.append((str(one.endpoint), one.endpoint, one.resolution))
    if len(shown) < 2:  # noqa: PLR2004 -- to compare takes two.
        yield NotApplicable("there is one address only: nothing to compare")
        return
    groups: dict[tuple[str, str, str], list[str]] = {}
    for address, endpoint, chain in shown:
        if isinstance(chain, Chain):
            groups.setdefault(_traits(chain, endpoint, thresholds, now), []).append(address)
    if len(groups) > 1:
        reported = [f"{listed(where, 3)}: {', '.join(traits)}" for traits, where in groups.items()]
        yield Finding(
            summary=f"The addresses present certificates of {len(groups)} kinds. {'; '.join(reported[:3])}.",
            remedy="Compare the files under ssl.certificate on the nodes behind these addresses, and copy the current certificates to every node.",
            facts={
                "observed": tuple(reported[:10]),
                "expected": "one issuer, fitting names and like dates at every address",
            },
        )
    elif any(not isinstance(chain, Chain) for _, _, chain in shown):
        missing = [address for address, _, chain in shown if not isinstance(chain, Chain)]
        yield Unknown(f"no certificate to compare from {listed(missing)}")


def _traits(chain: Chain, endpoint: Endpoint, thresholds: Thresholds, now: Now) -> tuple[str, str, str]:
    leaf = chain.leaf
    fits = leaf.is_taken_for_any(endpoint.names, public=chain.public)
    classes: Sequence[tuple[float, str]] = (
        (0, "expired"),
        (thresholds.leaf_days_error, f"expires within {thresholds.leaf_days_error:g} days"),
        (thresholds.leaf_days_warning, f"expires within {thresholds.leaf_days_warning:g} days"),
    )
    lasts = next((text for limit, text in classes if now.has_come(leaf.not_after, days=-limit)), "not about to expire")
    if not now.has_come(leaf.not_before):
        lasts = "not valid yet"
    return f"issued by {shorten(leaf.issuer, 80)}", "names fit" if fits else "names do not fit", lasts

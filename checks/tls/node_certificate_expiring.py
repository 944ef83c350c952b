"""The check tls/node-certificate-expiring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_text import ROTATING
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClientIdentity,
    ClusterEvidence,
    Finding,
    InUse,
    LocalCertificates,
    RemoteEvidence,
    SecurityModel,
    Severity,
    shorten,
)

_DAY: Final = timedelta(days=1)


@check(
    "tls/node-certificate-expiring",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_SSL, docs.SAMECA),
    tags=("tls", "dates", "nodes"),
    source="documentation: SSL certificate API (expiry, has_private_key); the limits are those of certificates of nodes",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
)
def node_certificate_expiring(whole: ClusterEvidence, loaded: LocalCertificates) -> Yields:
    """A certificate that a node of the local cluster presents has expired, or does so soon.

    Why it matters: in the certificate model a remote cluster refuses the node from that day on. This is what the running node has loaded, by
    its own word (``GET _ssl/certificates``); a file that was renewed since need not be in use. The list does not say which of its interfaces
    presents which certificate: where there are several, or no remote of the certificate model, an expired one is a warning.

    How to fix: renew the certificate with the same CA on each node. Nodes take up a changed file by themselves where its name stays the same.

    Example: the certificate in ``certs/transport.p12`` has 12 days left.
    """
    own = {one.serial: one for one in loaded.all if one.own}
    declared = {serial for remote in whole.remotes for serial in _declared(remote)}
    left = [one for serial, one in own.items() if serial not in declared]
    by_certificate = any(one.remote.security_model is SecurityModel.CERTIFICATE for one in whole.remotes)
    if not own:
        yield NotApplicable("the node that was asked presents no certificate")
    elif not left:
        yield NotApplicable(
            "the certificate is declared under transport; tls/expired and tls/expiring-soon are about it"
        )
    else:
        certain = by_certificate and len(own) == 1
        for one in left:
            yield from _judged(whole, one, certain=certain)


def _declared(about: RemoteEvidence) -> tuple[str, ...]:
    """The serial numbers of what is declared to be presented to this remote, whose dates other checks judge."""
    judged = isinstance(about.identity, ClientIdentity) and about.remote.security_model is SecurityModel.CERTIFICATE
    return tuple(one.serial for one in about.identity.chain) if judged else ()  # type: ignore[union-attr]  # It is one.


def _judged(whole: ClusterEvidence, one: InUse, *, certain: bool) -> Iterator[Finding | Unknown]:
    limits, now = whole.thresholds, whole.taken_at
    if one.expires is None:
        yield Unknown(f"GET _ssl/certificates does not tell when {shorten(one.path, 80)} ends")
        return
    wanted = limits.rotated_days_warning if whole.cluster.kind in ROTATING else limits.leaf_days_warning
    days = (one.expires - now) / _DAY
    if days > wanted:
        return
    over = days <= 0
    when = f"{one.expires:%Y-%m-%d}"
    ends = f"expired {-days:.0f} days ago, on {when}" if over else f"expires in {days:.0f} days, on {when}"
    yield Finding(
        summary=f"The certificate that the node which was asked presents from {shorten(one.path, 80)} "
        f"({shorten(one.subject, 80)}) {ends}; wanted are more than {wanted:g} days.",
        remedy="Renew it on every node of the local cluster, signed by the same CA, so that nothing changes for the remote clusters; "
        "GET _ssl/certificates shows whether a node has taken it up.",
        severity=Severity.ERROR if certain and (over or days <= limits.leaf_days_error) else None,
        facts={"observed": when, "expected": f"after {_after(now, wanted)}", "path": one.path, "serial": one.serial},
    )


def _after(now: datetime, days: float) -> str:
    return f"{now + timedelta(days=days):%Y-%m-%d}"

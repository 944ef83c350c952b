"""The certificates that the addresses of a remote show, with their dates, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from diag.lazy_dataclass import dataclass
from diag.model import Chain, Endpoints, RemoteEvidence
from diag.web.views import days_until


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCertificate:
    """One certificate. ``style`` says whether it ends soon or has ended."""

    address: str
    subject: str
    issuer: str
    names: str
    begins: str
    ends: str
    style: str
    fingerprint: str


def certificates_of(evidence: RemoteEvidence, now: datetime, days: float) -> Iterator[ShownCertificate]:
    """Every certificate once, with the first address that showed it; ``days`` before its end it is marked."""
    if not isinstance(evidence.endpoints, Endpoints):
        return
    seen: set[str] = set()
    for probe in evidence.endpoints.probes:
        for one in probe.chain.certificates if isinstance(probe.chain, Chain) else ():
            if one.fingerprint in seen:
                continue
            seen.add(one.fingerprint)
            names = (*one.dns_names, *one.ip_addresses, *(name.value for name in one.other_names))
            left = one.not_after - now
            outside = left < timedelta() or one.not_before > now
            yield ShownCertificate(
                address=str(probe),
                subject=one.subject,
                issuer=one.issuer,
                names=", ".join(names),
                begins=f"{one.not_before:%Y-%m-%d}",
                ends=days_until(one.not_after, now),
                style="fail" if outside else "warn" if left < timedelta(days=days) else "",
                fingerprint=one.fingerprint,
            )

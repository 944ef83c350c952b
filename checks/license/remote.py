"""The licence of the remote cluster, as far as the answer to an API key tells."""

from __future__ import annotations

from checks.auth.trial import not_judged
from checks.causes import REQUESTS_REFUSED
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, KeyTrial, KeyVerdict, SecurityModel, Severity, TlsAttempt, TransportHello, Unavailable


@check(
    "license/apikey-noncompliant",
    severity=Severity.CRITICAL,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.SUBS, docs.A_LIC),
    tags=("licence", "api-key"),
    source="elasticsearch#94638, elasticsearch#96307; subscriptions",
    explains=("license/not-included", "license/ccr", "auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def apikey_noncompliant(tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable) -> Yields:
    """The licence of the remote cluster does not include remotes with an API key.

    Why it matters: the remote cluster server refuses each request with a key, good or bad, unless the licence is enterprise or a
    trial that has not ended.

    How to fix: install an enterprise licence on both clusters, or change this remote to the certificate model.

    Example: the trial licence of the remote cluster ended, and it fell back to basic.
    """
    if isinstance(key, KeyTrial) and key.unlicensed:
        yield Finding(
            summary="The licence of the remote cluster does not include remotes with an API key; expected enterprise, or a trial.",
            remedy="Look at GET _license on the remote cluster; install an enterprise licence with PUT _license, or use the certificate model.",
            facts={"observed": "non-compliant", "expected": "enterprise or trial"},
        )
    elif other := not_judged(key, hello, tls):
        yield other
    elif isinstance(key, KeyTrial) and key.verdict is not KeyVerdict.ACCEPTED:
        yield NotApplicable(f"the key was refused, which says nothing of the licence: {key.detail}")


CHECKS = (apikey_noncompliant,)

"""The check license/apikey-noncompliant."""

from __future__ import annotations

from typing import Final

from checks.license._install import install
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import Remedy
from checks.shared.key_trial import not_judged
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyTrial,
    KeyVerdict,
    License,
    LocalCluster,
    OfLocal,
    OfRemote,
    Remote,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    shorten,
)

_WITH_KEYS: Final = frozenset({"enterprise", "trial"})


@check(
    "license/apikey-noncompliant",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.SUBSCRIPTIONS, docs.API_LICENSE),
    tags=("license", "api-key"),
    source="elasticsearch#94638, elasticsearch#96307; subscriptions",
    explains=("license/ccr", "license/esql-ccs", "auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def apikey_noncompliant(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
    local_license: OfLocal[License] | Unavailable,
    remote_license: OfRemote[License] | Unavailable,
) -> Yields:
    """The license of one of the clusters does not include remotes with an API key.

    Why it matters: both sides need an enterprise license or a trial that has not ended: the local cluster else refuses the search, and the
    remote cluster server refuses each request with a key, good or bad.

    How to fix: install an enterprise license on that cluster, or change this remote to the certificate model.

    Example: the trial license of the remote cluster ended, and it fell back to basic: ``current license is non-compliant for
    [advanced-remote-cluster-security]``.
    """
    refused = isinstance(key, KeyTrial) and key.unlicensed
    if refused:
        how = install("an enterprise license", "remote", cluster, remote, compare=True)
        yield Finding(
            summary="The license of the remote cluster does not include remotes with an API key; expected enterprise, or a trial.",
            remedy=f"{how.sentence} Or change this remote to the certificate model.",
            fix=how.fix,
            facts={"side": "remote", "observed": "non-compliant", "expected": "enterprise or trial"},
        )
    for whose, license_ in (("local", local_license), ("remote", remote_license)):
        if isinstance(license_, Unavailable) or (refused and whose == "remote"):
            continue
        if license_.type not in _WITH_KEYS:
            yield _not_included(whose, license_, install("an enterprise license", whose, cluster, remote))
    if isinstance(local_license, Unavailable) and not local_license.not_configured:
        yield Unknown(str(local_license), piece=local_license)
    if isinstance(remote_license, Unavailable) and not refused:
        yield from _left_open(tls, hello, key)


def _not_included(whose: str, license_: License, how: Remedy) -> Finding:
    type_ = shorten(license_.type, 40)
    return Finding(
        summary=f"The license of the {whose} cluster is {type_}; remotes with an API key need enterprise, or a trial.",
        remedy=f"{how.sentence} Or change this remote to the certificate model.",
        fix=how.fix,
        facts={"side": whose, "observed": type_, "expected": "enterprise or trial"},
    )


def _left_open(tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable) -> Yields:
    """Say what the answer to the key leaves open of the remote cluster's license, where that cluster was not asked itself."""
    if other := not_judged(key, hello, tls):
        yield other
    elif isinstance(key, KeyTrial) and key.verdict is not KeyVerdict.ACCEPTED:
        yield NotApplicable(f"the key was refused, which says nothing of the license: {key.detail}")

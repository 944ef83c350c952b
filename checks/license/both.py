"""The licences of both clusters, by their own word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from checks.causes import REQUESTS_REFUSED
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    License,
    LocalLicense,
    Remote,
    RemoteLicense,
    Replication,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)

_WITH_CCR: Final = frozenset({"platinum", "enterprise", "trial"})
_RANK: Final = {"basic": 0, "standard": 1, "gold": 2, "platinum": 3, "enterprise": 4, "trial": 4}
_DAY: Final = 86400.0


def _sides(
    local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable
) -> Iterator[tuple[str, License] | NotApplicable | Unknown]:
    """Each side whose licence is known; of the others, why not."""
    for whose, license_ in (("local", local), ("remote", remote)):
        if not isinstance(license_, Unavailable):
            yield whose, license_
        elif license_.reason == "not_asked":
            yield NotApplicable(str(license_))
        else:
            yield Unknown(str(license_))


@check(
    "license/expired",
    severity=Severity.CRITICAL,
    docs=(docs.A_LIC, docs.LIC_SELF),
    tags=("licence",),
    source="documentation: get license API; the limits are those of certificates of nodes",
    explains=("license/*", "auth/key-invalid", *REQUESTS_REFUSED),
)
def expired(
    local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable, limits: Thresholds, now: datetime
) -> Yields:
    """A licence has ended, or ends soon.

    Why it matters: without a licence that holds, remotes with API keys and replication stop, on whichever side it is.

    How to fix: install the new licence with ``PUT _license``.

    Example: the trial of the remote cluster ends in three days.
    """
    known = False
    for side in _sides(local, remote):
        if not isinstance(side, tuple):
            if isinstance(side, Unknown) or not known:
                yield from _unless_only_one(side, local, remote)
            continue
        known = True
        whose, license_ = side
        if not license_.active:
            yield _ended(whose, license_, "has ended", Severity.CRITICAL)
        elif license_.expires is not None:
            days = (license_.expires - now).total_seconds() / _DAY
            trial = license_.type == "trial"  # It lasts 30 days: its whole life would be a warning.
            if days <= (limits.leaf_days_error if trial else limits.leaf_days_warning):
                severity = Severity.ERROR if days <= limits.leaf_days_error and not trial else Severity.WARNING
                yield _ended(whose, license_, f"ends in {max(0, int(days))} days", severity)


def _unless_only_one(
    side: NotApplicable | Unknown, local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable
) -> Yields:
    """A side that nobody asked is no reason to skip while the other one is known."""
    if isinstance(side, Unknown) or (isinstance(local, Unavailable) and isinstance(remote, Unavailable)):
        yield side


def _ended(whose: str, license_: License, what: str, severity: Severity) -> Finding:
    until = f" ({license_.expires:%Y-%m-%d})" if license_.expires is not None else ""
    return Finding(
        summary=f"The {shorten(license_.type, 60)} licence of the {whose} cluster {what}{until}, status {shorten(license_.status, 60)}; expected active.",
        remedy=f"Install a new licence on the {whose} cluster: PUT _license",
        severity=severity,
        facts={
            "side": whose,
            "type": shorten(license_.type, 60),
            "observed": shorten(license_.status, 60),
            "expected": "active",
        },
    )


@check(
    "license/ccr",
    severity=Severity.CRITICAL,
    docs=(docs.SUBS, docs.CCR_PRE),
    tags=("licence", "replication"),
    source="elasticsearch#33002; subscriptions",
    explains=("ccr/*",),
)
def ccr(
    replication: Replication, remote: Remote, local: LocalLicense | Unavailable, far: RemoteLicense | Unavailable
) -> Yields:
    """Something is replicated from this remote, or is to be, and a licence does not include replication.

    Why it matters: followers stop where the licence of either cluster falls below platinum. The local cluster then refuses its statistics of
    replication too, so that lag and errors of the followers are not known.

    How to fix: install a platinum or enterprise licence on that cluster.

    Example: the trial has ended: ``current license is non-compliant for [ccr]``.
    """
    if remote.alias not in replication.aliases and not remote.use.replicate:
        # Without the licence a cluster does not tell which patterns follow by themselves.
        known = " by its own list of followers" if replication.unlicensed else ""
        yield NotApplicable(f"nothing is replicated from this remote{known}")
        return
    told = not isinstance(local, Unavailable) and not _replicates(local)
    if replication.unlicensed and not told:
        yield _refused(local)
    for side in _sides(local, far):
        if not isinstance(side, tuple):
            yield from _unless_only_one(side, local, far)
        elif not _replicates(side[1]):
            yield Finding(
                summary=f"The licence of the {side[0]} cluster is {shorten(side[1].type, 60)} ({shorten(side[1].status, 60)}); replication needs platinum, "
                "enterprise or a trial.",
                remedy=f"Install such a licence on the {side[0]} cluster: PUT _license",
                facts={
                    "side": side[0],
                    "observed": shorten(side[1].type, 60),
                    "expected": "platinum, enterprise or trial",
                },
            )


def _replicates(license_: License) -> bool:
    return license_.type in _WITH_CCR and license_.active


def _refused(local: LocalLicense | Unavailable) -> Finding:
    shows = (
        ""
        if isinstance(local, Unavailable)
        else f" GET _license shows {shorten(local.type, 60)} ({shorten(local.status, 60)})."
    )
    return Finding(
        summary="The local cluster refuses replication for want of a licence (GET _ccr/stats); expected platinum, enterprise or a trial."
        f"{shows}",
        remedy="Install such a licence on the local cluster: PUT _license",
        facts={"side": "local", "observed": "refused", "expected": "platinum, enterprise or trial"},
    )


@check(
    "license/level-differs",
    severity=Severity.WARNING,
    docs=(docs.SUBS, docs.ESQL),
    tags=("licence",),
    source="documentation: ES|QL across clusters; subscriptions",
)
def level_differs(local: LocalLicense, remote: RemoteLicense) -> Yields:
    """The licences of the two clusters are of different levels.

    Why it matters: some features of search across clusters need the same level on both sides, and fail for this remote alone.

    How to fix: bring both clusters to the same level.

    Example: enterprise here, gold there: ES|QL across them is refused.
    """
    ours, theirs = _RANK.get(local.type), _RANK.get(remote.type)
    if ours is None or theirs is None:
        yield Unknown(f"the level of a licence is not known: {shorten(local.type, 60)}, {shorten(remote.type, 60)}")
    elif ours != theirs:
        yield Finding(
            summary=f"The local cluster has a licence of type {shorten(local.type, 60)}, the remote cluster one of type {shorten(remote.type, 60)}; "
            "expected the same level.",
            remedy="Bring both clusters to the same level if a feature is refused on this remote.",
            facts={"observed": shorten(remote.type, 60), "expected": shorten(local.type, 60)},
        )


@check(
    "license/trial",
    severity=Severity.INFO,
    docs=(docs.A_LIC, docs.LIC_SELF),
    tags=("licence",),
    source="documentation: get license API",
)
def trial(local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable) -> Yields:
    """A cluster runs on a trial licence.

    Why it matters: it ends after 30 days, and with it remotes with API keys and replication.

    How to fix: install a licence before it ends, where the cluster is meant to stay.

    Example: a remote that was set up for a test, and went into production as it was.
    """
    for side in _sides(local, remote):
        if not isinstance(side, tuple):
            yield from _unless_only_one(side, local, remote)
        elif side[1].type == "trial":
            until = f" until {side[1].expires:%Y-%m-%d}" if side[1].expires is not None else ""
            yield Finding(
                summary=f"The {side[0]} cluster runs on a trial licence{until}.",
                remedy=f"If the {side[0]} cluster is meant to stay, install a licence before that: PUT _license",
                facts={"side": side[0], "observed": "trial"},
            )


CHECKS = (expired, ccr, level_differs, trial)

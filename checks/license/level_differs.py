"""The check license/level-differs."""

from __future__ import annotations

from typing import Final

from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    LocalLicense,
    RemoteLicense,
    Severity,
    shorten,
)

_RANK: Final = {"basic": 0, "standard": 1, "gold": 2, "platinum": 3, "enterprise": 4, "trial": 4}


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

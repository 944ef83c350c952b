"""The check license/level-differs."""

from __future__ import annotations

from typing import Final

from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    License,
    OfLocal,
    OfRemote,
    Severity,
    shorten,
)

_RANK: Final = {"basic": 0, "standard": 1, "gold": 2, "platinum": 3, "enterprise": 4, "trial": 4}


@check(
    "license/level-differs",
    severity=Severity.WARNING,
    docs=(docs.SUBSCRIPTIONS, docs.ESQL),
    tags=("license",),
    source="documentation: ES|QL across clusters; subscriptions",
)
def level_differs(local_license: OfLocal[License], remote_license: OfRemote[License]) -> Yields:
    """The licenses of the two clusters are of different levels.

    Why it matters: some features of search across clusters need the same level on both sides, and fail for this remote alone.

    How to fix: bring both clusters to the same level.

    Example: enterprise here, gold there: ES|QL across them is refused.
    """
    local_side, remote_side = _RANK.get(local_license.type), _RANK.get(remote_license.type)
    if local_side is None or remote_side is None:
        yield Unknown(
            f"the level of a license is not known: {shorten(local_license.type, 60)}, {shorten(remote_license.type, 60)}"
        )
    elif local_side != remote_side:
        yield Finding(
            summary=f"The local cluster has a license of type {shorten(local_license.type, 60)}, the remote cluster one of type {shorten(remote_license.type, 60)}; "
            "expected the same level.",
            remedy="Bring both clusters to the same level if a feature is refused on this remote.",
            facts={"observed": shorten(remote_license.type, 60), "expected": shorten(local_license.type, 60)},
        )

"""What of a plan in force its owner should hear of, although the daemon works with it."""

from __future__ import annotations

import structlog

from diag.config.without_effect import without_effect
from diag.plan import Plan
from diag.text import shown

log = structlog.stdlib.get_logger("diag.daemon")


def log_what_is_amiss(plan: Plan) -> None:
    """Name the packs that could not be loaded, and what of the configuration holds for nothing."""
    for pack in plan.selection.broken:
        log.error("pack.broken", pack=pack.name, because=shown(pack.error, 500))
    for problem in without_effect(plan.config):
        log.warning("config.without_effect", problem=str(problem))

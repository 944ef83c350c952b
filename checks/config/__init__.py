"""Checks of group ``config``, in display order."""

from checks.config import (
    addresses,
    alias,
    connecting,
    declared,
    known,
    listening,
    modes,
    node_settings,
    nodes,
    options,
    ports,
    registered,
    same,
    server_name,
    verification_mode,
    wrong_side,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *ports.CHECKS,
    *addresses.CHECKS,
    *alias.CHECKS,
    *server_name.CHECKS,
    *modes.CHECKS,
    *registered.CHECKS,
    *known.CHECKS,
    *options.CHECKS,
    *wrong_side.CHECKS,
    *same.CHECKS,
    *listening.CHECKS,
    *nodes.CHECKS,
    *connecting.CHECKS,
    *verification_mode.CHECKS,
    *node_settings.CHECKS,
    *declared.CHECKS,
)

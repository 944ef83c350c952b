"""Which releases may talk to each other, and how: checks of group ``version``, in display order."""

from checks.version import declared, features, keystore, nodes, pairs, uses
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *features.CHECKS,
    *keystore.CHECKS,
    *pairs.CHECKS,
    *nodes.CHECKS,
    *uses.CHECKS,
    *declared.CHECKS,
)

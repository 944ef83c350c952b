"""Checks of group ``trust``, in display order."""

from checks.trust import admission, anchors, other_name, restrictions, sides
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *anchors.CHECKS,
    *other_name.CHECKS,
    *admission.CHECKS,
    *restrictions.CHECKS,
    *sides.CHECKS,
)

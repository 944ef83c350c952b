"""Checks of group ``trust``, in display order."""

from checks.trust import admission, anchors, domains, one_way, other_name, own_nodes, restrictions, sides
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *anchors.CHECKS,
    *other_name.CHECKS,
    *admission.CHECKS,
    *own_nodes.CHECKS,
    *restrictions.CHECKS,
    *one_way.CHECKS,
    *sides.CHECKS,
    *domains.CHECKS,
)

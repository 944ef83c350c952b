"""Names, addresses and TCP connections: checks of group ``network``, in display order."""

from checks.network import between, dns, family, filtering, idle, node, past, path, sniff, tcp
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *dns.CHECKS,
    *tcp.CHECKS,
    *path.CHECKS,
    *between.CHECKS,
    *node.CHECKS,
    *sniff.CHECKS,
    *past.CHECKS,
    *idle.CHECKS,
    *family.CHECKS,
    *filtering.CHECKS,
)

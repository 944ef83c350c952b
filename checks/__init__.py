"""The built-in checks: ``CHECKS`` is their table of contents, in display order."""

from checks import auth, config, network, tls, trust, version
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *config.CHECKS,
    *version.CHECKS,
    *network.CHECKS,
    *tls.CHECKS,
    *trust.CHECKS,
    *auth.CHECKS,
)

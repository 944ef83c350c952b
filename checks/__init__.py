"""The built-in checks: ``CHECKS`` is their table of contents, in display order."""

from checks import (
    auth,
    ccr,
    cloud_api,
    config,
    eck,
    license,  # noqa: A004 -- the name of a group of checks.
    network,
    runtime,
    tls,
    trust,
    version,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *config.CHECKS,
    *version.CHECKS,
    *network.CHECKS,
    *tls.CHECKS,
    *trust.CHECKS,
    *auth.CHECKS,
    *license.CHECKS,
    *runtime.CHECKS,
    *ccr.CHECKS,
    *cloud_api.CHECKS,
    *eck.CHECKS,
)

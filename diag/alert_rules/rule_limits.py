"""The limits of the rules: whoever wants others prints the rules with others, and edits nothing."""

from __future__ import annotations

from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import Thresholds

USUAL: Final = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLimits:
    """Limits of the rules. Times that an alert waits are written as Prometheus writes them: ``2m``, ``1h30m``.

    ``wait`` is how long a fault has to last, ``wait_unknown`` how long something has to be unknown or behind, ``wait_diag`` how long diag
    itself has to be in trouble. ``keep`` is how long an alert goes on where its series are gone or fine again: a restart of diag ends none.
    Days count to the end of a certificate, a key or a license; what has fewer than ``critical_days`` left is critical.
    """

    job: str = "diag"
    wait: str = "2m"
    wait_unknown: str = "10m"
    wait_diag: str = "5m"
    keep: str = "5m"
    certificate_days: float = 14
    key_days: float = 14
    license_days: float = 14
    critical_days: float = USUAL.leaf_days_error
    lag_operations: int = USUAL.lag_operations_warning
    lag_operations_critical: int = USUAL.lag_operations_error
    read_seconds: float = USUAL.read_seconds_error

"""The conditions of the alerts about remotes.

Each that stands for a check of its own is written once and used twice: as the alert, and to say which root causes have an alert of
their own, so that one fault is one alert.
"""

from __future__ import annotations

from collections.abc import Mapping

from diag.alert_rules.rule_limits import RuleLimits
from diag.metrics.end_dates import API_KEY, CONFIGURED, LICENSE, LOADED, PRESENTED

REMOTE_LABELS = "job, instance, cluster, remote"
WITH_OWN_ALERT = "diag:root_cause:with_own_alert"
CERTIFICATES = (PRESENTED, CONFIGURED, LOADED)
EXPIRING_SOON, KEY_EXPIRING, LICENSE_EXPIRED = "tls/expiring-soon", "auth/key-expiring", "license/expired"
PAUSED, RED, LAG = "ccr/paused", "ccr/follower-red", "ccr/follower-lag"


def certificate_ends(limits: RuleLimits) -> str:
    """A certificate of a remote ends, and the check of dates finds that it matters."""
    return _ends_soon(" or ".join(CERTIFICATES), limits.certificate_days, EXPIRING_SOON)


def key_ends(limits: RuleLimits) -> str:
    """The API key of a remote ends."""
    return _ends_soon(API_KEY, limits.key_days, KEY_EXPIRING)


def license_ends(limits: RuleLimits) -> str:
    """A license ends, of a local or of a remote cluster; the check judges both at each remote."""
    return f"{_ends(LICENSE, limits.license_days)}\n{_judged(LICENSE_EXPIRED, 'job, instance, cluster')}"


def _ends_soon(families: str, days: float, check: str) -> str:
    """What ends within days where its check warns, and earlier where its check finds an error: of a CA that is a month before."""
    judged = f"{_ends(families, days)}\n{_judged(check)}"
    return f"{judged}\nor\n{_ends(families)}\n{_judged(check, at_least=3)}"


def _ends(families: str, days: float | None = None) -> str:
    # What has ended is not about to: the remote is broken then, and that is another alert.
    either = f"({families})" if " or " in families else families
    limit = "" if days is None else f" < {days:g} * 86400"
    return f"min by ({REMOTE_LABELS}) ({either} - time() > 0){limit}"


def _judged(check: str, labels: str = REMOTE_LABELS, *, at_least: int = 2) -> str:
    """Where the check itself finds it worth a warning (2) or an error (3): what renews itself is none, and what is acknowledged neither."""
    return f'and on ({labels}) (diag_check_status{{check="{check}"}} >= {at_least})'


def paused(_limits: RuleLimits) -> str:
    """A follower is paused."""
    return f"diag_ccr_paused == 1\n{_judged(PAUSED)}"


def red(_limits: RuleLimits) -> str:
    """A follower is red, and not because it is copied for the first time."""
    return f"diag_ccr_red == 1\n{_judged(RED)}"


def behind(limits: RuleLimits) -> str:
    """A follower is behind its leader, by operations."""
    return f"diag_ccr_lag_operations > {limits.lag_operations}\n{_NOT_ACKNOWLEDGED}"


def not_reading(limits: RuleLimits) -> str:
    """A follower has not read from its leader for a while."""
    return f"diag_ccr_since_last_read_seconds > {limits.read_seconds:g}\n{_NOT_ACKNOWLEDGED}"


# These have limits of their own: they ask by themselves whether it counts. An acknowledged finding counts as info.
_NOT_ACKNOWLEDGED = f'unless on ({REMOTE_LABELS}) (diag_check_status{{check="{LAG}"}} == 1 or diag_maintenance == 1)'


def causes_with_own_alert(limits: RuleLimits) -> str:
    """The root causes for which there is an alert of their own now."""
    license_soon, local_soon = (f"({_ends(one, limits.license_days)})" for one in (LICENSE, f'{LICENSE}{{remote=""}}'))
    ending = f'diag_root_cause{{check="{LICENSE_EXPIRED}",severity!="critical"}}'  # Critical: it has ended.
    own: Mapping[str, str] = {
        EXPIRING_SOON: certificate_ends(limits),
        KEY_EXPIRING: key_ends(limits),
        PAUSED: paused(limits),
        RED: red(limits),
        LAG: f"({behind(limits)})\nor\n({not_reading(limits)})",
    }
    parts = [
        f'(diag_root_cause{{check="{check}"}} and on ({REMOTE_LABELS}) (\n{_indented(condition)}\n))'
        for check, condition in own.items()
    ]
    parts += [
        f"({ending} and on ({REMOTE_LABELS}) {license_soon})",
        f"({ending} and on (job, instance, cluster) {local_soon})",
    ]
    return "\nor\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def remote_is(status: int) -> str:
    """A remote has this status, and not only for causes that have an alert of their own. Where causes are missing, it counts."""
    return (
        f"diag_remote_status == {status}\n"
        f"unless on ({REMOTE_LABELS})\n"
        f"  (count by ({REMOTE_LABELS}) (diag_root_cause) == count by ({REMOTE_LABELS}) ({WITH_OWN_ALERT}))"
    )

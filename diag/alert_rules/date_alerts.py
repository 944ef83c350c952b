"""The alerts on what ends: certificates, API keys, licenses."""

from __future__ import annotations

from diag.alert_rules import expressions as when
from diag.alert_rules import templates as say
from diag.alert_rules.rule import Alert, urgent_below
from diag.alert_rules.rule_limits import RuleLimits

_DAY = 86400
_OF_WHOM = "{{ if $labels.remote }}the remote cluster {{ $labels.remote }} (seen from {{ $labels.cluster }}){{ else }}the local cluster {{ $labels.cluster }}{{ end }}"


def alerts_on_dates(limits: RuleLimits) -> tuple[Alert, ...]:
    """What has ended already makes remotes fail, and is another alert."""
    return (_certificate(limits), _api_key(limits), _license(limits))


def _certificate(limits: RuleLimits) -> Alert:
    return Alert(
        name="RemoteClusterCertificateExpiring",
        why="A certificate that has ended makes its remote fail, which is the alert for it.",
        expr=when.certificate_ends(limits),
        wait=limits.wait,
        severity=urgent_below(limits.critical_days * _DAY),
        summary=f"A certificate of remote {say.REMOTE} ends in {say.LEFT}",
        description="".join(
            say.ends(family, "subject", limits.certificate_days, kind="Certificate") for family in when.CERTIFICATES
        )
        + say.of_check(when.EXPIRING_SOON, "summary", otherwise="The page of the remote says where it is presented."),
        action=say.of_check(
            when.EXPIRING_SOON,
            "remedy",
            otherwise="Renew it with the same CA, and copy it to every node that presents it.",
        ),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.EXPIRING_SOON),
    )


def _api_key(limits: RuleLimits) -> Alert:
    return Alert(
        name="RemoteClusterApiKeyExpiring",
        why="A key that has ended makes its remote fail.",
        expr=when.key_ends(limits),
        wait=limits.wait,
        severity=urgent_below(limits.critical_days * _DAY),
        summary=f"The API key of remote {say.REMOTE} ends in {say.LEFT}",
        description=say.of_check(
            when.KEY_EXPIRING, "summary", otherwise=f"It ends in {say.LEFT}, and can't be prolonged."
        ),
        action=say.of_check(
            when.KEY_EXPIRING,
            "remedy",
            otherwise="Create a new cross-cluster API key, store it under the same alias, reload the keystores, invalidate the old one.",
        ),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.KEY_EXPIRING),
    )


def _license(limits: RuleLimits) -> Alert:
    return Alert(
        name="LicenseExpiring",
        why="Of a local cluster it is one alert, not one for each remote. A license that has ended makes remotes fail.",
        expr=when.license_ends(limits),
        wait=limits.wait,
        severity=urgent_below(limits.critical_days * _DAY),
        summary=f"The license of {_OF_WHOM} ends in {say.LEFT}",
        description="Without a valid license, remotes with API keys and replication stop, on whichever side it ends.",
        action=f"Install a new license on {_OF_WHOM}.",
        page=say.EITHER_PAGE,
        runbook=say.manual(when.LICENSE_EXPIRED),
    )

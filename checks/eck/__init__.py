"""Remotes of Elastic Cloud on Kubernetes: checks of group ``eck``, in display order."""

from checks.eck import (
    association,
    external_ca_with_internal_remotes,
    file_settings_ignored,
    key_access_fields,
    not_reconciled,
    operator_key_identity,
    orchestration_paused,
    own_certificate_names,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    association.association,
    key_access_fields.key_access_fields,
    external_ca_with_internal_remotes.external_ca_with_internal_remotes,
    own_certificate_names.own_certificate_names,
    orchestration_paused.orchestration_paused,
    not_reconciled.not_reconciled,
    operator_key_identity.operator_key_identity,
    file_settings_ignored.file_settings_ignored,
)

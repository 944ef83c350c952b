"""Remotes of Elastic Cloud on Kubernetes: checks of group ``eck``, in display order."""

MODULES = (
    "association",
    "key_access_fields",
    "external_ca_with_internal_remotes",
    "own_certificate_names",
    "orchestration_paused",
    "not_reconciled",
    "operator_key_identity",
    "file_settings_ignored",
)

"""Which releases may talk to each other, and how: checks of group ``version``, in display order."""

from checks.version import (
    apikey_beta,
    apikey_min,
    ccr_local_older,
    ccs_incompatible,
    ccs_too_old,
    cert_model_deprecated,
    declared_differs,
    eql_same,
    esql,
    keystore_reload_bug,
    keystore_restart_needed,
    kibana_form_limits,
    mixed_nodes,
    proxy_mode_unsupported,
    resolve_api_missing,
    static_remote_blocks_start,
    v815_role_parse_bug,
    wire_incompatible,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    apikey_min.apikey_min,
    apikey_beta.apikey_beta,
    proxy_mode_unsupported.proxy_mode_unsupported,
    cert_model_deprecated.cert_model_deprecated,
    keystore_restart_needed.keystore_restart_needed,
    keystore_reload_bug.keystore_reload_bug,
    ccs_incompatible.ccs_incompatible,
    ccr_local_older.ccr_local_older,
    wire_incompatible.wire_incompatible,
    mixed_nodes.mixed_nodes,
    resolve_api_missing.resolve_api_missing,
    v815_role_parse_bug.v815_role_parse_bug,
    static_remote_blocks_start.static_remote_blocks_start,
    esql.esql,
    eql_same.eql_same,
    ccs_too_old.ccs_too_old,
    kibana_form_limits.kibana_form_limits,
    declared_differs.declared_differs,
)

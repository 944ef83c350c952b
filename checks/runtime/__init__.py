"""Checks of group ``runtime``, in display order: what Elasticsearch reports about the connection, and what diag saw on the wire."""

MODULES = (
    "not_connected",
    "connected_not_proof",
    "connected_unreachable_here",
    "partial_connections",
    "flapping",
    "cluster_name_changed",
    "ccs_fails_whole",
    "resolve_slow",
    "remote_health",
    "old_slow_unavailable",
    "skip_reset_bug",
    "skip_ping_schedule_bug",
    "no_matching_indices",
    "skipped_clusters",
    "transform_failed",
    "clock_skew",
)

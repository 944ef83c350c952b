"""Checks of group ``ccr``, in display order: cross-cluster replication from this remote."""

MODULES = (
    "fatal_exception",
    "retention_lease_expired",
    "follower_lag",
    "read_exceptions",
    "active_without_task",
    "follower_closed",
    "write_failures",
    "leader_deleted",
    "soft_deletes_off",
    "not_replicated_parts",
    "paused",
    "follower_red",
    "recovery_bandwidth",
    "autofollow_errors",
    "autofollow_silent",
    "remote_removed",
    "alias_changed",
    "upgrade_order",
    "unfollow_ilm_wait",
)

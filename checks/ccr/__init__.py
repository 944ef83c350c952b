"""Checks of group ``ccr``, in display order: cross-cluster replication from this remote."""

from checks.ccr import (
    active_without_task,
    autofollow_errors,
    autofollow_silent,
    fatal_exception,
    follower_closed,
    follower_lag,
    follower_red,
    leader_deleted,
    not_replicated_parts,
    paused,
    read_exceptions,
    recovery_bandwidth,
    remote_removed,
    retention_lease_expired,
    soft_deletes_off,
    unfollow_ilm_wait,
    upgrade_order,
    write_failures,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    fatal_exception.fatal_exception,
    retention_lease_expired.retention_lease_expired,
    follower_lag.follower_lag,
    read_exceptions.read_exceptions,
    active_without_task.active_without_task,
    follower_closed.follower_closed,
    write_failures.write_failures,
    leader_deleted.leader_deleted,
    soft_deletes_off.soft_deletes_off,
    not_replicated_parts.not_replicated_parts,
    paused.paused,
    follower_red.follower_red,
    recovery_bandwidth.recovery_bandwidth,
    autofollow_errors.autofollow_errors,
    autofollow_silent.autofollow_silent,
    remote_removed.remote_removed,
    upgrade_order.upgrade_order,
    unfollow_ilm_wait.unfollow_ilm_wait,
)

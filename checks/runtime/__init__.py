"""Checks of group ``runtime``, in display order: what Elasticsearch reports about the connection, and what diag saw on the wire."""

from checks.runtime import (
    ccs_fails_whole,
    clock_skew,
    cluster_name_changed,
    connected_not_proof,
    connected_unreachable_here,
    flapping,
    no_matching_indices,
    not_connected,
    old_slow_unavailable,
    partial_connections,
    remote_health,
    resolve_slow,
    skip_ping_schedule_bug,
    skip_reset_bug,
    skipped_clusters,
    transform_failed,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    not_connected.not_connected,
    connected_not_proof.connected_not_proof,
    connected_unreachable_here.connected_unreachable_here,
    partial_connections.partial_connections,
    flapping.flapping,
    cluster_name_changed.cluster_name_changed,
    ccs_fails_whole.ccs_fails_whole,
    resolve_slow.resolve_slow,
    remote_health.remote_health,
    old_slow_unavailable.old_slow_unavailable,
    skip_reset_bug.skip_reset_bug,
    skip_ping_schedule_bug.skip_ping_schedule_bug,
    no_matching_indices.no_matching_indices,
    skipped_clusters.skipped_clusters,
    transform_failed.transform_failed,
    clock_skew.clock_skew,
)

"""The dashboard of followers: paused, red, behind, not reading, copied for the first time."""

from __future__ import annotations

from typing import Final

from frame import board
from panels import CAUSE_COLUMNS, CHOSEN, NONE_IS_GOOD, YES_NO, series, stat, table, target, thresholds, timeline

_WHO = "{{cluster}} → {{remote}}: {{follower}}"
REPLICATION: Final = board(
    "diag-replication",
    "diag: replication",
    [
        stat(
            "Followers",
            "Follower indices of which something is known.",
            f"count(diag_ccr_paused{{{CHOSEN}}} or diag_ccr_lag_operations{{{CHOSEN}}}) or vector(0)",
            colors=thresholds((None, "text")),
        ),
        stat(
            "Paused",
            "The leader keeps what a paused follower misses for 12 hours.",
            f"sum(diag_ccr_paused{{{CHOSEN}}}) or vector(0)",
            colors=thresholds((None, "green"), (1, "yellow")),
        ),
        stat(
            "Red",
            "A primary shard is missing.",
            f"sum(diag_ccr_red{{{CHOSEN}}}) or vector(0)",
            colors=thresholds(*NONE_IS_GOOD),
        ),
        stat(
            "Longest without a read",
            "A follower asks its leader at least once a minute.",
            f"max(diag_ccr_since_last_read_seconds{{{CHOSEN}}})",
            unit="s",
            colors=thresholds((None, "green"), (60, "yellow"), (120, "red")),
        ),
        series(
            "Operations behind",
            "The twenty that are furthest behind their leaders.",
            target(f"topk(20, diag_ccr_lag_operations{{{CHOSEN}}})", legend=_WHO),
            unit="short",
        ),
        series(
            "Since the last read",
            "The twenty that have not read for the longest time.",
            target(f"topk(20, diag_ccr_since_last_read_seconds{{{CHOSEN}}})", legend=_WHO),
            unit="s",
        ),
        timeline(
            "Paused",
            "Followers that were paused within the chosen time.",
            f"diag_ccr_paused{{{CHOSEN}}} and (max_over_time(diag_ccr_paused{{{CHOSEN}}}[$__range]) > 0)",
            _WHO,
            values=YES_NO,
            width=12,
        ),
        timeline(
            "Red",
            "Followers that were red within the chosen time.",
            f"diag_ccr_red{{{CHOSEN}}} and (max_over_time(diag_ccr_red{{{CHOSEN}}}[$__range]) > 0)",
            _WHO,
            values=YES_NO,
            width=12,
        ),
        series(
            "First copies",
            "What each still has to fetch from its leader.",
            target(f"diag_ccr_copy_left_bytes{{{CHOSEN}}}", legend=_WHO),
            unit="bytes",
        ),
        table(
            "What the checks say of replication",
            "Root causes of the group ccr.",
            f'diag_root_cause_info{{{CHOSEN},check=~"ccr/.*"}}',
            CAUSE_COLUMNS,
            hidden=("place", "Value"),
            width=12,
            height=8,
        ),
    ],
)

"""The dashboard of one remote."""

from __future__ import annotations

from typing import Final

from frame import board
from panels import CHOSEN, LEFT, SEEN, STATES, column, mapped, series, stat, table, target, thresholds, timeline

REMOTE: Final = board(
    "diag-remote",
    "diag: one remote",
    [
        stat(
            "State",
            "ok, warn, FAIL or unknown.",
            f"diag_remote_status{{{CHOSEN}}}",
            colors=thresholds((None, "text")),
            mappings=mapped(STATES),
        ),
        stat(
            "Available in 30 days",
            "How much of the known time it was ok or warned. It needs the recording rules of alerts.yml.",
            f"diag:remote_available:avg30d{{{CHOSEN}}}",
            unit="percentunit",
            colors=thresholds((None, "red"), (0.99, "yellow"), (0.999, "green")),
        ),
        stat(
            "Known in 30 days",
            "How much of the time it was known whether it was available.",
            f"diag:remote_known:avg30d{{{CHOSEN}}}",
            unit="percentunit",
            colors=thresholds((None, "yellow"), (0.99, "green")),
        ),
        stat(
            "Connected, says the local cluster",
            "What GET _remote/info says.",
            f"diag_remote_connected{{{CHOSEN}}}",
            colors=thresholds((None, "text")),
            mappings=mapped(
                {
                    "1": {"text": "yes", "color": "green", "index": 0},
                    "0": {"text": "no", "color": "red", "index": 1},
                }
            ),
        ),
        table(
            "Root causes and their fixes",
            "In the order in which they are to be fixed.",
            f"diag_root_cause_info{{{CHOSEN}}}",
            ("place", "check", "severity", "summary", "remedy"),
            column("place", width=60),
            hidden=("Value", "cluster", "remote"),
        ),
        timeline(
            "State",
            "Over the chosen time.",
            f"diag_remote_status{{{CHOSEN}}}",
            "{{cluster}} → {{remote}}",
            height=5,
        ),
        timeline(
            "How far it was looked at",
            "Each part, from the address to what the remote cluster says of itself.",
            f"diag_coverage{{{CHOSEN}}}",
            "{{what}}",
            values=SEEN,
            width=12,
            linked=False,
        ),
        table(
            "Checks that found something",
            "1 info or acknowledged, 2 warning, 3 error, 4 critical; -1 unknown.",
            f"sort_desc(diag_check_status{{{CHOSEN}}} != 0)",
            ("check", "Value"),
            column(
                "Value",
                shown="severity",
                colors=thresholds((None, "purple"), (1, "text"), (2, "yellow"), (3, "red")),
            ),
            hidden=("cluster", "remote"),
            width=12,
        ),
        series(
            "Time of each phase",
            "The slowest address; dns is looking the name up.",
            target(f"max by (cluster, remote, phase) (diag_phase_duration_seconds{{{CHOSEN}}})", legend="{{phase}}"),
            unit="s",
        ),
        table(
            "Certificates that it presents",
            "Also where verification failed; the first to end first. Position 0 is the leaf.",
            f"sort(min by (cluster, remote, subject, position, address) (diag_certificate_not_after_timestamp_seconds{{{CHOSEN}}}) - time())",
            ("address", "position", "subject", "Value"),
            column("Value", shown="ends in", unit="dtdurations", colors=thresholds(*LEFT)),
            hidden=("cluster", "remote"),
            width=12,
            height=8,
        ),
        table(
            "What is configured",
            "Security model, mode and kind.",
            f"diag_remote_info{{{CHOSEN}}}",
            ("cluster", "remote", "security_model", "mode", "kind"),
            hidden=("Value",),
            height=4,
        ),
    ],
    multi=False,
)

"""The dashboard of all remotes: what is wrong anywhere, the worst first."""

from __future__ import annotations

from typing import Final

from frame import board
from panels import CAUSE_COLUMNS, CHOSEN, STATES, column, series, stat, table, target, thresholds, timeline

_HERE = f"diag_remote_status{{{CHOSEN}}}"
_COUNTED = (("Failing", 2, "red"), ("Unknown", 3, "purple"), ("Warning", 1, "yellow"))
FLEET: Final = board(
    "diag-fleet",
    "diag: fleet",
    [
        *(
            stat(
                title,
                f"Remotes whose state is {STATES[str(value)]['text']}.",
                f"count({_HERE} == {value}) or vector(0)",
                colors=thresholds((None, "green"), (1, color)),
            )
            for title, value, color in _COUNTED
        ),
        stat(
            "Ok",
            "Remotes of which every essential question was answered, and nothing is wrong.",
            f"count({_HERE} == 0) or vector(0)",
            colors=thresholds((None, "text")),
        ),
        table(
            "What to fix first",
            "Of each remote that is not ok the first root cause, in a sentence, and its fix. An empty remote is the local cluster itself.",
            f'diag_root_cause_info{{{CHOSEN},place="1"}} or diag_root_cause_info{{cluster=~"$cluster",remote="",place="1"}}',
            CAUSE_COLUMNS,
            column("summary", width=500),
            hidden=("place", "Value"),
            height=11,
        ),
        table(
            "Causes, the most frequent first",
            "How many remotes have the same root cause.",
            f"sort_desc(count by (check, severity) (diag_root_cause{{{CHOSEN}}}))",
            ("check", "severity", "Value"),
            column("Value", shown="remotes"),
            width=12,
        ),
        table(
            "What is not known",
            "Why remotes and local clusters are unknown, and what would have it asked.",
            f'diag_open_question_info{{{CHOSEN}}} or diag_open_question_info{{cluster=~"$cluster",remote=""}}',
            ("cluster", "remote", "check", "because", "hint"),
            hidden=("place", "Value"),
            width=12,
        ),
        timeline(
            "Remotes that were not ok",
            "The state of each remote that was anything but ok within the chosen time.",
            f"{_HERE} and on (cluster, remote) (max_over_time({_HERE}[$__range]) > 0)",
            "{{cluster}} → {{remote}}",
            height=12,
        ),
        timeline(
            "Local clusters",
            "What was found about each local cluster itself, its remotes aside.",
            'diag_cluster_status{cluster=~"$cluster"}',
            "{{cluster}}",
            width=12,
            linked=False,
        ),
        table(
            "Availability in 30 days, the lowest first",
            "How much of the known time a remote was ok or warned. It needs the recording rules of alerts.yml.",
            f"sort(diag:remote_available:avg30d{{{CHOSEN}}})",
            ("cluster", "remote", "Value"),
            column(
                "Value",
                shown="available",
                unit="percentunit",
                colors=thresholds((None, "red"), (0.99, "yellow"), (0.999, "green")),
            ),
            width=12,
        ),
        series(
            "The ten slowest connects",
            "The TCP connect of the last round; the slowest address of each remote.",
            target(
                f'topk(10, max by (cluster, remote) (diag_phase_duration_seconds{{{CHOSEN},phase="connect"}}))',
                legend="{{cluster}} → {{remote}}",
            ),
            unit="s",
            width=24,
        ),
    ],
)

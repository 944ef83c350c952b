"""The dashboard of diag: whether it keeps up."""

from __future__ import annotations

from typing import Final

from frame import board
from panels import NONE_IS_GOOD, mapped, series, stat, table, target, thresholds

_HERE = '{cluster=~"$cluster"}'
ITSELF: Final = board(
    "diag-itself",
    "diag: itself",
    [
        stat(
            "Configuration",
            "Whether the newest one is in use.",
            "min(diag_config_last_reload_successful)",
            colors=thresholds((None, "text")),
            mappings=mapped(
                {
                    "1": {"text": "in use", "color": "green", "index": 0},
                    "0": {"text": "refused", "color": "red", "index": 1},
                }
            ),
        ),
        stat(
            "Broken check packs",
            "Their checks do not run.",
            "sum(diag_broken_packs)",
            colors=thresholds(*NONE_IS_GOOD),
        ),
        stat(
            "Oldest round",
            "Since the last round of any cluster finished.",
            f"max(time() - diag_round_last_finished_timestamp_seconds{_HERE})",
            unit="s",
            colors=thresholds((None, "green"), (180, "yellow"), (300, "red")),
        ),
        stat(
            "Rounds that failed in an hour",
            "Inside diag, or not run because those before ended their process; its log says where.",
            'sum(increase(diag_rounds_total{result=~"failed|quarantined"}[1h]))',
            colors=thresholds(*NONE_IS_GOOD),
        ),
        series(
            "Age of the last round",
            "It grows until the next one ends.",
            target(f"time() - diag_round_last_finished_timestamp_seconds{_HERE}", legend="{{cluster}}"),
            unit="s",
            linked=False,
        ),
        series(
            "How long a round takes",
            "The last one of each cluster, and the time between two.",
            target(f"diag_round_duration_seconds{_HERE}", legend="{{cluster}}"),
            target(f"min(diag_round_interval_seconds{_HERE})", legend="interval", ref="B"),
            unit="s",
            linked=False,
        ),
        series(
            "How late rounds begin",
            "After their time.",
            target(f"diag_round_lateness_seconds{_HERE}", legend="{{cluster}}"),
            unit="s",
            linked=False,
        ),
        series(
            "Rounds",
            "A minute, by what became of them.",
            target(f"sum by (result) (rate(diag_rounds_total{_HERE}[$__rate_interval])) * 60", legend="{{result}}"),
            unit="short",
            linked=False,
        ),
        series(
            "Series and scrapes",
            "How many series diag exports.",
            target("scrape_samples_scraped and on (job, instance) diag_build_info", legend="{{instance}}"),
            unit="short",
            linked=False,
        ),
        series(
            "How long a scrape takes",
            "Of the metrics of diag.",
            target("scrape_duration_seconds and on (job, instance) diag_build_info", legend="{{instance}}"),
            unit="s",
            linked=False,
        ),
        table(
            "What is wrong with the configuration",
            "Why the newest one was refused; empty while it is in use.",
            "diag_config_problem_info",
            ("instance", "because"),
            hidden=("Value",),
            width=12,
            height=5,
        ),
        table(
            "Broken packs",
            "Why each could not be loaded; empty while all are.",
            "diag_broken_pack_info",
            ("pack", "because"),
            hidden=("Value",),
            width=12,
            height=5,
        ),
        table(
            "Versions",
            "Of diag, Python and OpenSSL.",
            "diag_build_info",
            ("version", "python", "openssl"),
            hidden=("Value",),
            height=4,
        ),
    ],
)

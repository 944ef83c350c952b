"""The dashboard of everything that ends: certificates, API keys, licenses."""

from __future__ import annotations

from typing import Final

from frame import board
from panels import CHOSEN, LEFT, NONE_IS_GOOD, column, stat, table, thresholds

_PRESENTED, _CONFIGURED, _LOADED = (
    f"diag_{kind}certificate_not_after_timestamp_seconds{{{CHOSEN}}}" for kind in ("", "configured_", "loaded_")
)
_ENDS = column("Value", shown="ends in", unit="dtdurations", colors=thresholds(*LEFT))
_LOCAL = 'cluster=~"$cluster",remote=""'
_EITHER = f"({_PRESENTED} or {_CONFIGURED} or {_LOADED})"
CERTIFICATES: Final = board(
    "diag-certificates",
    "diag: certificates, keys and licenses",
    [
        stat(
            "Ended",
            "Certificates that have ended, of remotes that present, trust or have loaded them.",
            f"count({_EITHER} - time() <= 0) or vector(0)",
            colors=thresholds(*NONE_IS_GOOD),
        ),
        stat(
            "End within 7 days",
            "Certificates.",
            f"count(({_EITHER} - time() > 0) < 7 * 86400) or vector(0)",
            colors=thresholds(*NONE_IS_GOOD),
        ),
        stat(
            "End within 30 days",
            "Certificates.",
            f"count(({_EITHER} - time() > 0) < 30 * 86400) or vector(0)",
            colors=thresholds((None, "green"), (1, "yellow")),
        ),
        stat(
            "Next end of a key or license",
            "What is left of the API key or the license that ends first.",
            f"min((diag_api_key_expiry_timestamp_seconds{{{CHOSEN}}} or diag_license_expiry_timestamp_seconds{{{CHOSEN}}} or diag_license_expiry_timestamp_seconds{{{_LOCAL}}}) - time() > 0)",
            unit="dtdurations",
            colors=thresholds(*LEFT),
        ),
        table(
            "Presented",
            "What addresses present, also where verification failed; the first to end first. Position 0 is the leaf.",
            f"sort(min by (cluster, remote, subject, position) ({_PRESENTED}) - time())",
            ("cluster", "remote", "position", "subject", "Value"),
            _ENDS,
            height=11,
        ),
        table(
            "In files of the configuration",
            "CAs that are trusted, what the local cluster presents and signs with.",
            f"sort(min by (cluster, remote, file, subject) ({_CONFIGURED}) - time())",
            ("cluster", "remote", "file", "subject", "Value"),
            _ENDS,
            width=12,
        ),
        table(
            "Loaded by nodes",
            "With their private key, as the node says that was asked; an empty remote is the local cluster.",
            f"sort(min by (cluster, remote, file, subject) ({_LOADED} or diag_loaded_certificate_not_after_timestamp_seconds{{{_LOCAL}}}) - time())",
            ("cluster", "remote", "file", "subject", "Value"),
            _ENDS,
            width=12,
        ),
        table(
            "API keys",
            "Of remotes whose key has an end that is known.",
            f"sort(diag_api_key_expiry_timestamp_seconds{{{CHOSEN}}} - time())",
            ("cluster", "remote", "Value"),
            _ENDS,
            width=12,
        ),
        table(
            "Licenses",
            "Of local clusters (an empty remote) and of remote clusters.",
            f"sort((diag_license_expiry_timestamp_seconds{{{CHOSEN}}} or diag_license_expiry_timestamp_seconds{{{_LOCAL}}}) - time())",
            ("cluster", "remote", "Value"),
            _ENDS,
            width=12,
        ),
    ],
)

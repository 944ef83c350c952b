"""Judge saved evidence again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from diag.cli.choice import installed_checks, refuse_strangers, select_checks
from diag.cli.options import Chosen
from diag.cli.rounds import taken_at
from diag.cli.streams import Refusal
from diag.engine import judge, report
from diag.model import Report
from diag.report.saved import LARGEST, SavedError, load
from diag.report.saved import chosen as narrowed


def judge_again(path: Path, chosen: Chosen) -> Report:
    """Read evidence and judge it by its own policy and the command line. Raises Refusal for a file that is none."""
    try:
        saved = load(_read(path))
    except (SavedError, OSError, ValueError) as error:
        reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
        msg = f"{path}: {reason}"
        raise Refusal(msg) from None
    refuse_strangers("--cluster", "local cluster", chosen.clusters, [one.cluster.name for one in saved.clusters])
    saved = narrowed(saved, chosen.clusters, ())
    aliases = [remote.remote.alias for one in saved.clusters for remote in one.remotes]
    refuse_strangers("--remote", "remote", chosen.remotes, aliases)
    saved = narrowed(saved, (), chosen.remotes)
    selection = select_checks(installed_checks(), saved.policy, chosen)
    judged = [judge(one, selection.checks, selection.policy, selection.known) for one in saved.clusters]
    return report(judged, taken_at(saved.clusters, datetime.now(UTC)))


def _read(path: Path) -> str:
    """Read at most what evidence can be long: the file may be anything, also a device without an end."""
    if str(path) == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        msg = f"is larger than {LARGEST // 1024 // 1024} MiB: no evidence of diag is"
        raise SavedError(msg)
    try:
        return data.decode()
    except UnicodeDecodeError:
        msg = "is no text; expected a file written by diag run --save-evidence"
        raise SavedError(msg) from None

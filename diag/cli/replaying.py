"""Judge saved evidence again."""

from __future__ import annotations

import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path

from diag.cli.choice import installed_checks, refuse_unknown, select_checks
from diag.cli.command_options import Chosen
from diag.cli.run_rounds import taken_at
from diag.cli.standard_streams import UsageError
from diag.engine import judge, report
from diag.model import Report
from diag.report.saved import MAX_BYTES, Saved, SavedError, load
from diag.report.saved import chosen as narrowed
from diag.text import listed


def judge_again(path: Path, chosen: Chosen) -> Report:
    """Read evidence and judge it by its own policy and the command line. Raises UsageError for a file that is none."""
    saved = _narrowed(path, chosen)
    selection = select_checks(installed_checks(), saved.policy, chosen)
    judged = [judge(one, selection.checks, selection.policy, selection.known) for one in saved.clusters]
    return dataclasses.replace(report(judged, taken_at(saved.clusters, datetime.now(UTC))), seconds=saved.seconds)


def case_of(path: Path, chosen: Chosen, check_id: str) -> str:
    """Write what a check says of the one remote that the evidence is about, or that was chosen, as a case. Raises UsageError."""
    from diag.report.case import write_case  # noqa: PLC0415 -- only who writes tests needs it.

    catalogue = installed_checks()
    refuse_unknown("--case", "check", (check_id,), [check.id for check in catalogue.checks])
    clusters = [one for one in _narrowed(path, chosen).clusters if one.remotes]
    remotes = [f"{one.cluster.name}/{remote.remote.alias}" for one in clusters for remote in one.remotes]
    if len(remotes) != 1:
        msg = f"--case: expected evidence about one remote, this is about {listed(remotes) or 'none'}; choose with --cluster and --remote"
        raise UsageError(msg)
    (check,) = (check for check in catalogue.checks if check.id == check_id)
    return write_case(clusters[0], check, catalogue.checks)


def _narrowed(path: Path, chosen: Chosen) -> Saved:
    """Read evidence, and keep the clusters and remotes that were chosen."""
    try:
        saved = load(_read(path))
    except (SavedError, OSError, ValueError) as error:
        reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
        msg = f"{path}: {reason}"
        raise UsageError(msg) from None
    refuse_unknown("--cluster", "local cluster", chosen.clusters, [one.cluster.name for one in saved.clusters])
    saved = narrowed(saved, chosen.clusters, ())
    aliases = [remote.remote.alias for one in saved.clusters for view in one.views for remote in view.remotes]
    refuse_unknown("--remote", "remote", chosen.remotes, aliases)
    return narrowed(saved, (), chosen.remotes)


def _read(path: Path) -> str:
    """Read at most what evidence can be long: the file may be anything, also a device without an end."""
    if str(path) == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        msg = f"is larger than {MAX_BYTES // 1024 // 1024} MiB: no evidence of diag is"
        raise SavedError(msg)
    try:
        return data.decode()
    except UnicodeDecodeError:
        msg = "is no text; expected a file written by diag run --save-evidence"
        raise SavedError(msg) from None

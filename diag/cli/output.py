"""A judged run on its way out: the report in its format, the evidence in its file, the exit code."""

from __future__ import annotations

from pathlib import Path

from diag.cli.command_options import Shown
from diag.cli.run_rounds import Judged
from diag.cli.standard_streams import colour_wanted, columns, print_error, symbols_possible, write_file, write_out
from diag.model import Report, Severity
from diag.report import RenderOptions, exit_code, nagios_code, render
from diag.report.exitcode import nothing_examined

# ruff: noqa: PLC0415 -- what only some runs need waits for them.


def write_report(report: Report, shown: Shown) -> int:
    """Write the report, and give the exit code."""
    write_out(_text(report, shown), shown.output)
    if nothing_examined(report) and (shown.output is not None or shown.format not in {"text", "wide", "nagios"}):
        print_error("no remote was looked at")
    if shown.format == "nagios":
        return nagios_code(report)
    return exit_code(report, Severity(shown.fail_on))


def save_evidence_file(judged: Judged, path: Path) -> None:
    """Save the evidence and the policy for a replay."""
    from diag.report.saved import save

    write_file(path, save(judged.evidence, judged.policy, judged.report.seconds))


def _text(report: Report, shown: Shown) -> str:
    if shown.format == "prometheus":
        from diag.metrics import render_report_series

        return render_report_series(report)
    return render(report, shown.format, options=options_of(shown))


def options_of(shown: Shown) -> RenderOptions:
    """How a report is to look, by the options and by what the terminal can show."""
    to_terminal = shown.output is None
    return RenderOptions(
        width=columns() if to_terminal else RenderOptions().width,
        colour=to_terminal and colour_wanted(no_color=shown.no_color),
        ascii=to_terminal and not symbols_possible(),
        verbose=shown.verbose,
        fail_on=Severity(shown.fail_on),
    )

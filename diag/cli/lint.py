"""``diag lint``: judge files alone, the configuration or what somebody hands over. No network, no cluster is asked."""

from __future__ import annotations

from pathlib import Path

import click

from diag.cli.command_options import FORMATS, Chosen, Shown, chosen_options, config_option, output_options
from diag.cli.document_options import Documents, document_options

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.

# The formats of findings with their place; those of a report are for the configuration alone.
PLACED_FORMATS = ("concise", "sarif", "github", "gitlab")
UNUSABLE = 2


@click.command()
@document_options
@click.option("--explain-kind", is_flag=True, help="Say what each file is taken for, and why.")
@click.option(
    "--fix", is_flag=True, help="Correct in the named files what has one right answer; the difference is shown."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@config_option
@chosen_options
@output_options((*FORMATS, *PLACED_FORMATS))
def lint(  # noqa: PLR0913 -- one parameter for each group of options.
    *,
    documents: Documents,
    explain_kind: bool,
    fix: bool,
    diff: bool,
    config_path: Path,
    chosen: Chosen,
    shown: Shown,
) -> int:
    """Judge files alone: the configuration, or any documents of Elasticsearch that are named."""
    if explain_kind:
        return _explain(documents)
    if documents.files:
        return _lint_documents(documents, chosen, shown, fix=fix, diff=diff)
    if fix or diff:
        msg = "--fix and --diff go with FILE"
        raise click.UsageError(msg)
    return _lint_config(config_path, chosen, shown)


def _lint_config(config_path: Path, chosen: Chosen, shown: Shown) -> int:
    from diag.cli.choice import read_config, run_of
    from diag.cli.output import write_report
    from diag.cli.run_rounds import Limits, run_rounds

    if shown.format in PLACED_FORMATS:
        msg = f"--format {shown.format} goes with FILE: diag lint --format {shown.format} {config_path}"
        raise click.UsageError(msg)
    offline = run_of(read_config(config_path, lenient=True), chosen, offline=True)
    return write_report(run_rounds(offline, Limits(fail_on=shown.fail_on)).report, shown)


def _explain(documents: Documents) -> int:
    from diag.cli.documents import read_all
    from diag.cli.standard_streams import write_out
    from diag.text import shown

    read = read_all(documents)
    write_out("".join(f"{shown(one.named.name)}: {one.kind or 'no known kind'}, {shown(one.why)}\n" for one in read))
    return 0 if all(one.kind for one in read if one.named.by_name) else UNUSABLE


def _lint_documents(documents: Documents, chosen: Chosen, shown: Shown, *, fix: bool, diff: bool) -> int:
    from diag.cli.documents import judge_documents
    from diag.cli.fixing import correct
    from diag.cli.output import options_of
    from diag.cli.standard_streams import print_error, write_out
    from diag.model import Severity
    from diag.report.documents import FORMATS as WITH_PLACES
    from diag.report.documents import exit_code, render

    if shown.format not in WITH_PLACES:
        msg = f"--format {shown.format} does not go with FILE; expected one of {', '.join(WITH_PLACES)}"
        raise click.UsageError(msg)
    linted = judge_documents(documents, chosen)
    if fix or diff:
        changed = correct(linted, write=fix, quiet=shown.format != "text")
        if changed and fix:
            linted = judge_documents(documents, chosen)
        elif not changed:
            print_error("there is nothing that has one right answer")
    write_out(render(linted.report, shown.format, options_of(shown)), shown.output)
    return exit_code(linted.report, Severity(shown.fail_on))

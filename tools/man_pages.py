"""Write the manual pages of the commands, from what their own help says: ``make man``.

A page for ``diag`` and one for each command, as man(7): ``diag-checks-explain.1``. ``SOURCE_DATE_EPOCH`` sets their date,
as in a build that is repeated (https://reproducible-builds.org/specs/source-date-epoch/).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Final

import click

from diag import VERSION
from diag.cli import program
from diag.cli.ways_in import WAYS_IN

# What concerns the program as a whole, and is an option of no command.
VARIABLES: Final = (
    ("DIAG_CONFIG", "The configuration, of every command that has --config."),
    ("DIAG_LISTEN", "The address of the daemon, of every command that has --listen."),
    ("DIAG_COMMAND_OPTION", "Any other option of any command: diag run --fail-on is DIAG_RUN_FAIL_ON."),
    ("DIAG_DEBUG", "Not empty: where diag itself fails, the traceback is shown."),
    ("NO_COLOR", "Not empty: no colour (https://no-color.org)."),
)
_ONE_LINE: Final = 300


def pages(date: datetime) -> dict[str, str]:
    """The text of every page, by the name of its file. Hidden commands have none."""
    contexts = list(_contexts(program, None, "diag"))
    return {f"{_dashed(one)}.1": _page(one, date) for one in contexts}


def _contexts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    context = click.Context(
        command, parent, name, help_option_names=program.context_settings["help_option_names"], terminal_width=10_000
    )
    if command.hidden:
        return
    yield context
    for below, found in _below(context):
        yield from _contexts(found, context, below)


def _below(context: click.Context) -> list[tuple[str, click.Command]]:
    group = context.command
    if not isinstance(group, click.Group):
        return []
    found = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return [(name, one) for name, one in found if one is not None and not one.hidden]


def _page(context: click.Context, date: datetime) -> str:
    command, title = context.command, _dashed(context)
    lines = [
        f'.TH "{title.upper()}" "1" "{date:%Y-%m-%d}" "diag {VERSION}" "diag"',
        ".nh",  # A name that is broken at the end of a line can't be copied.
        ".SH NAME",
        f"{roff(title)} \\- {roff(command.get_short_help_str(_ONE_LINE).rstrip('.'))}",
        ".SH SYNOPSIS",
        f"\\fB{roff(context.command_path)}\\fR {roff(' '.join(command.collect_usage_pieces(context)))}",
        ".SH DESCRIPTION",
        *_paragraphs(cleandoc(command.help or "")),
    ]
    if context.parent is None:
        lines += [".PP", ".nf", *(roff(line) for line in WAYS_IN.splitlines()), ".fi"]
    if below := _below(context):
        lines.append(".SH COMMANDS")
        for name, one in below:
            help_line = roff(one.get_short_help_str(_ONE_LINE))
            lines += [".TP", f"\\fB{roff(f'{title}-{name}')}\\fR(1)", help_line]
    lines += [".SH OPTIONS", *_options(context)]
    if context.parent is None:
        lines.append(".SH ENVIRONMENT")
        for name, meaning in VARIABLES:
            lines += [".TP", f"\\fB{roff(name)}\\fR", roff(meaning)]
    lines += [".SH EXIT STATUS", *_paragraphs(program.epilog or "")]
    lines += [".SH SEE ALSO", _see_also(context)]
    return "\n".join(lines) + "\n"


def _options(context: click.Context) -> Iterator[str]:
    for option in context.command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None:
            names, meaning = record
            yield from (".TP", f"\\fB{roff(names)}\\fR", roff(meaning or "See DESCRIPTION."))


def _see_also(context: click.Context) -> str:
    """The page above, the pages beside it, and those below."""
    near = [_dashed(context.parent)] if context.parent is not None else []
    near += [f"{_dashed(context)}-{name}" for name, _ in _below(context)]
    if context.parent is not None:
        near += [f"{near[0]}-{name}" for name, _ in _below(context.parent) if name != context.info_name]
    return ",\n".join(f"\\fB{roff(name)}\\fR(1)" for name in near)


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        yield from ([".PP"] if number else [])
        yield roff(" ".join(paragraph.split()))


def _dashed(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def roff(text: str) -> str:
    """Text as man(7) shows it unchanged: its own marks, a dash that can be copied, and no line that begins like a request."""
    shown = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq").replace("…", "...")
    )
    return f"\\&{shown}" if shown.startswith(".") else shown


def main() -> None:
    """Write the pages into the folder that is named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    date = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    for name, text in pages(date).items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()

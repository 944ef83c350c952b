"""The manual pages of checks: one for a terminal, all of them as the reference in Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from diag.check import Check, Need
from diag.engine.packs import BUILTIN
from diag.report.options import RenderOptions
from diag.report.styler import Styler
from diag.text import visible

_HEADINGS = ("Why it matters:", "How to fix:", "Example:")


def explain(check: Check) -> str:
    """Write the manual page of one check for a terminal."""
    rows = facts_of(check)
    width = max(len(name) for name, _ in rows)
    table = "\n".join(f"  {name:<{width}}  {value}" for name, value in rows if value)
    text = f"{check.id}\n\n{_plain(check.manual)}\n\n{table}\n"
    # A pack of somebody else wrote this.
    return "\n".join(map(visible, text.split("\n")))


def overview(checks: Sequence[Check], width: int) -> str:
    """Write the id of each check, every severity that it may raise, and below it the problem; a foreign pack is named."""
    styler = Styler(RenderOptions(width=width))
    lines: list[str] = []
    for check in checks:
        pack = [] if check.pack == BUILTIN else [f"(pack {check.pack})"]
        lines.append("  ".join(map(visible, [check.id, check.severity_words, *pack])))
        lines += styler.wrap(visible(_plain(check.problem)), first="    ")
    return "\n".join(lines) + "\n"


def facts_of(check: Check) -> list[tuple[str, str]]:
    """What a manual page says of a check in addition to its text, as name and value; a value may be empty."""
    return [
        ("severity", check.severity_words),
        ("layer", check.layer.value),
        ("applies to", str(check.applies)),
        ("looks at", str(check.scope)),
        *(("needs", need) for need in dict.fromkeys(map(_need, check.needs)) if need),
        ("essential", "yes: without an answer the remote is unknown, never ok" if check.essential else ""),
        ("tags", ", ".join(check.tags)),
        ("pack", check.pack),
        ("rule from", check.source),
        ("file", _file(check)),
        *(("docs", link) for link in check.docs),
    ]


def _file(check: Check) -> str:
    """Give the file of the check, from the folder of its package on."""
    path = Path(inspect.getfile(check.function))
    depth = check.function.__module__.count(".") + 1 + (path.name == "__init__.py")
    return "/".join(path.parts[-depth:])


def _need(need: Need) -> str:
    """Say which access a piece of evidence takes: the call, and what the login may do; empty for what every round knows."""
    piece = need.piece
    if piece is None or not piece.calls or isinstance(need.slot, type):
        return ""
    calls = ", ".join(f"{call.name}{f' ({call.needed})' if call.needed else ''}" for call in piece.calls)
    optional = "; it copes without" if need.optional else ""
    return f"{calls} at the {need.slot[0].side} cluster{optional}"


def reference(checks: Sequence[Check]) -> str:
    """Write the page of every check, in display order, as one Markdown document."""
    groups = [(group, list(members)) for group, members in groupby(checks, key=lambda check: check.group)]
    parts = [
        "# Checks",
        "<!-- Made from the docstrings of the checks by `make docs`: do not edit. -->",
        (
            f"{len(checks)} checks, in the order of the report. The word in front is the same everywhere: on the command "
            "line, in JSON, as a metric label, in the configuration. `diag checks explain ID` prints one page."
        ),
        "\n".join(_contents(groups)),
    ]
    for group, members in groups:
        parts.append(f"## {group}")
        parts.extend(part for check in members for part in _page(check))
    return "\n\n".join(parts) + "\n"


def _contents(groups: Sequence[tuple[str, list[Check]]]) -> Iterator[str]:
    yield "| check | severity | problem |"
    yield "| --- | --- | --- |"
    for _, members in groups:
        for check in members:
            yield f"| [{check.id}](#{_anchor(check)}) | {check.severity_words} | {_cell(check.problem)} |"


def _page(check: Check) -> Iterator[str]:
    yield f'<a id="{_anchor(check)}"></a>\n### {check.id}'
    yield _marked(check.manual)
    facts = [f"Severity **{check.severity_words}**", f"layer {check.layer}", f"applies to {check.applies}"]
    if check.essential:
        facts.append("**essential**: without an answer the remote is unknown, never ok")
    if check.tags:
        facts.append(f"tags {', '.join(check.tags)}")
    yield "; ".join(facts) + "."
    lines = [f"- Rule from: {check.source}"] if check.source else []
    lines += [f"- Documentation: <{link}>" for link in check.docs]
    if lines:
        yield "\n".join(lines)


def _marked(manual: str) -> str:
    """The docstring as Markdown: its headings bold, its double backticks single."""
    text = _plain(manual)
    for heading in _HEADINGS:
        text = re.sub(rf"^{re.escape(heading)}", f"**{heading}**", text, flags=re.MULTILINE)
    return text


def _plain(manual: str) -> str:
    """The docstring for readers who do not know its markup: its double backticks single."""
    return re.sub(r"``([^`]+)``", r"`\1`", manual)


def _anchor(check: Check) -> str:
    return check.id.replace("/", "-")


def _cell(text: str) -> str:
    return _marked(text).replace("|", "\\|")

"""Findings in documents for a person: file, line and column, the line itself with a caret, what is wrong, and the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from diag.documents.located import JudgedDocument, LintReport, Located
from diag.model import Severity
from diag.report.fix_lines import Target, typed
from diag.report.options import RenderOptions
from diag.report.styler import Styler
from diag.report.text import style_of
from diag.text import shorten, visible, width

_INDENT: Final = "    "
_UNDER_FIX: Final = " " * len(f"{_INDENT}fix  ")
_MAX_LINE: Final = 100
_BEFORE: Final = 40


def render(report: LintReport, options: RenderOptions) -> str:
    """Write everything that was found, file by file, and what was judged as what."""
    styler = Styler(options)
    blocks = ["\n".join(_refused(styler, one)) for one in report.refused]
    blocks += ["\n".join(_finding(styler, one)) for one in report.findings]
    blocks += ["\n".join(_remarks(styler, one)) for one in report.documents if one.remarks]
    return "\n\n".join([*blocks, "\n".join(_ending(styler, report))]) + "\n"


def _refused(styler: Styler, document: JudgedDocument) -> list[str]:
    head = styler.paint(visible(document.file), "strong")
    return [
        f"{head}  {styler.paint('error', 'bad')}",
        *styler.wrap(styler.text(f"It cannot be judged: {document.why}."), first=_INDENT),
    ]


def _remarks(styler: Styler, document: JudgedDocument) -> Iterator[str]:
    for line, message in document.remarks:
        yield styler.paint(visible(f"{document.file}:{line}"), "strong")
        yield from styler.wrap(styler.text(f"This comment ignores nothing: {message}."), first=_INDENT)


def _finding(styler: Styler, finding: Located) -> Iterator[str]:
    place = styler.paint(visible(str(finding.origin)), "strong")
    about = f"  {styler.text(finding.alias)}" if finding.alias else ""
    yield f"{place}  {styler.paint(finding.severity.value, style_of(finding.severity))}  {finding.check}{about}"
    yield from _excerpt(styler, finding)
    yield from styler.wrap(styler.text(finding.message), first=_INDENT)
    yield from styler.wrap(styler.text(finding.finding.remedy), first=f"{_INDENT}fix  ")
    for one in typed(finding.finding, Target.of(finding.cluster, finding.remote)):
        yield from styler.wrap(styler.text(one.label), first=_UNDER_FIX, style="faint")
        yield from (f"{_UNDER_FIX}{styler.verbatim(line)}" for line in one.text.split("\n"))


def _excerpt(styler: Styler, finding: Located) -> Iterator[str]:
    """The line that the finding is about, with a caret under it: the part of a long one that matters."""
    before, marked, behind = (visible(part.replace("\t", " ")) for part in finding.line)
    if not (before + marked + behind).strip():
        return
    if len(before) + len(marked) + len(behind) > _MAX_LINE:
        before = before if len(before) <= _BEFORE else f"…{before[-_BEFORE:]}"
        marked = shorten(marked, _MAX_LINE - _BEFORE)
        behind = shorten(behind, max(1, _MAX_LINE - len(before) - len(marked)))
    number = styler.paint(f"{finding.origin.line:>5} | ", "faint")
    yield number + styler.text(before + marked + behind)
    yield " " * (len("      | ") + width(before)) + styler.paint("^" * max(1, width(marked)), "bad")


def _ending(styler: Styler, report: LintReport) -> list[str]:
    kinds = Counter(one.kind.value for one in report.judged if one.kind)
    known = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    others = sum(one.kind is None and not one.named for one in report.documents)
    counted = [
        f"{len(report.judged)} judged ({known})" if known else "none judged",
        *([f"{len(report.refused)} not readable as any"] if report.refused else []),
        *([f"{others} of no known kind"] if others else []),
    ]
    total = len(report.documents)
    found = Counter(one.severity for one in report.findings)
    ignored = [f"{len(report.ignored)} ignored"] if report.ignored else []
    found_text = ", ".join(f"{found[one]} {one}" for one in reversed(Severity) if found[one])
    found_text = found_text or ("nothing found in them" if report.judged else "nothing was judged")
    return styler.wrap(
        f"{total} file{'' if total == 1 else 's'}: {', '.join(counted)} · {', '.join([found_text, *ignored])}"
    )

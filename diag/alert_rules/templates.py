"""What annotations are made of: Go templates that ask Prometheus for sentence, fix and addresses of pages."""

from __future__ import annotations

from typing import Final

# A name in a path: what a query would write as + is a blank there.
_ESCAPED: Final = r'{{{{ reReplaceAll "\\+" "%20" (urlquery $labels.{0}) }}}}'
# Where people reach the pages; where nobody said it, the address that Prometheus scrapes.
_WEB: Final = (
    '{{ $web := printf "http://%s" $labels.instance }}'
    "{{ range printf `diag_web_info{instance=%q}` $labels.instance | query }}{{ $web = .Labels.url }}{{ end }}{{ $web }}"
)
REMOTE: Final = "{{ $labels.remote }} of {{ $labels.cluster }}"
CLUSTER: Final = "{{ $labels.cluster }}"
LEFT: Final = "{{ $value | humanizeDuration }}"
CLUSTER_PAGE: Final = f"{_WEB}/clusters/{_ESCAPED.format('cluster')}"
REMOTE_PAGE: Final = f"{_WEB}/remote/{_ESCAPED.format('cluster')}/{_ESCAPED.format('remote')}"
OVERVIEW: Final = f"{_WEB}/"
# A license is that of a remote cluster or, without a remote, of the local one.
EITHER_PAGE: Final = f"{{{{ if $labels.remote }}}}{REMOTE_PAGE}{{{{ else }}}}{CLUSTER_PAGE}{{{{ end }}}}"


def manual(check: str) -> str:
    """The address of the manual page of a check."""
    return f"{_WEB}/checks/{check}"


def manual_of_first(family: str) -> str:
    """The address of the manual page of the first check of the family; that of the overview where there is none."""
    shown = "{{ if .Labels.check }}/checks/{{ .Labels.check }}{{ else }}/{{ end }}"
    return _WEB + info(family, shown, more=',place="1"', otherwise="/")


def info(family: str, then: str, *, more: str = "", otherwise: str = "") -> str:
    """Write ``then`` for each series of the family about this remote (or, without one, about this cluster), in order of their places.

    ``more`` are further matchers, ``otherwise`` is written where there is no series.
    """
    last = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    asked = f"{family}{{instance=%q,cluster=%q,remote=%q{more}}}"
    about = "$labels.instance $labels.cluster $labels.remote"
    return f'{{{{ range printf `{asked}` {about} | query | sortByLabel "place" }}}}{then}{last}{{{{ end }}}}'


def first_cause(label: str, *, before: str = "", otherwise: str = "") -> str:
    """A label of the first root cause, with a text before it."""
    return info("diag_root_cause_info", f"{before}{{{{ .Labels.{label} }}}}", more=',place="1"', otherwise=otherwise)


def causes(otherwise: str) -> str:
    """Every root cause in its order: which check, its sentence, its fix. A line for each, a line for its fix."""
    line = "{{ .Labels.place }}. {{ .Labels.check }} ({{ .Labels.severity }}): {{ .Labels.summary }}\nFix: {{ .Labels.remedy }}\n"
    return info("diag_root_cause_info", line, otherwise=otherwise)


def open_questions(otherwise: str) -> str:
    """Every question that stayed open, and why."""
    line = "{{ if .Labels.check }}{{ .Labels.check }}: {{ end }}{{ .Labels.because }}\n"
    return info("diag_open_question_info", line, otherwise=otherwise)


def first_open(label: str, *, before: str = "", otherwise: str = "") -> str:
    """A label of the first open question, with a text before it."""
    last = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    shown = f"{{{{ if .Labels.{label} }}}}{before}{{{{ .Labels.{label} }}}}{last}{{{{ end }}}}"
    return info("diag_open_question_info", shown, more=',place="1"', otherwise=otherwise)


def of_check(check: str, label: str, *, otherwise: str) -> str:
    """What a check says where it is a root cause: its sentence (``summary``) or its fix (``remedy``)."""
    return info("diag_root_cause_info", f"{{{{ .Labels.{label} }}}}", more=f',check="{check}"', otherwise=otherwise)


def ends(family: str, name: str, days: float, *, kind: str) -> str:
    """A line for each series of a family about this remote that ends within ``days``: what it is, and what is left."""
    asked = f"sort(min by ({name}) ({family}{{instance=%q,cluster=%q,remote=%q}} - time() > 0) < {days:g} * 86400)"
    about = "$labels.instance $labels.cluster $labels.remote"
    line = f"{kind} {{{{ .Labels.{name} }}}} ends in {{{{ .Value | humanizeDuration }}}}.\n"
    return f"{{{{ range printf `{asked}` {about} | query }}}}{line}{{{{ end }}}}"

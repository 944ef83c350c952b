"""The check config/file-values."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import refusal, settings_of
from checks.tables import docs
from diag.check import Yields, check
from diag.model import Finding, Setting, SettingsForm, SettingsTexts, Severity, listed, shorten

# The last parts of keys whose value is true or false.
_FLAGS: Final = ("skip_unavailable", "ssl.enabled", "xpack.security.enabled", "remote_cluster_server.enabled")
_STATES: Final = frozenset({"true", "false"})


@check(
    "config/file-values",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.ERROR),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="Elasticsearch 8.19.0: parsers of booleans, times and placeholders, asked by starting nodes and by PUT _cluster/settings",
)
def file_values(texts: SettingsTexts) -> Yields:
    """The value of a setting has a form that Elasticsearch does not take.

    Why it matters: only ``true`` and ``false`` are booleans, whatever YAML says, and a time needs its unit. A node with another value does not
    start, a request with one is refused. A variable of the environment that is not set where the node starts keeps it from starting, too.

    How to fix: write the value in the form that is named; set the variable, or give it a default as in ``${NAME:default}``.

    Example: ``skip_unavailable: yes``; ``transport.ping_schedule: 30``.
    """
    for text, one in settings_of(texts):
        if one.unset:
            yield _unset(one)
        elif one.key.endswith(_FLAGS) and one.values and one.text not in _STATES:
            yield _refused(text.form, one, "true or false")


def _refused(form: SettingsForm, one: Setting, expected: str) -> Finding:
    return Finding(
        summary=f"{shorten(one.key)} is {shorten(one.text)}; expected {expected}: {refusal(form)}.",
        remedy=f"Write {expected}.",
        severity=Severity.CRITICAL if form is SettingsForm.FILE else Severity.ERROR,
        origin=one.origin,
        facts={"setting": shorten(one.key), "observed": shorten(one.text), "expected": expected},
    )


def _unset(one: Setting) -> Finding:
    return Finding(
        summary=f"{listed(one.unset)} is not set here, so that what {shorten(one.key)} becomes is not judged.",
        remedy="Set it where the node starts, and hand its value over with --env-file.",
        severity=Severity.INFO,
        origin=one.origin,
        facts={"setting": shorten(one.key), "variables": one.unset},
    )

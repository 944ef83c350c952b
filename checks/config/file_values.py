"""The check config/file-values."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import refusal, refused_as, settings_of, written
from checks.tables import docs
from checks.tables.settings import Form, KnownSetting, expected_of, fits, known_setting
from diag.check import Yields, check
from diag.model import (
    FLAG_WORDS,
    Finding,
    Setting,
    SettingsForm,
    SettingsText,
    SettingsTexts,
    Severity,
    listed,
    shorten,
)

# What YAML itself reads as true and false where no quotes stand around it, so that a node gets the right word.
_BARE: Final = frozenset({word for one in ("true", "false") for word in (one, one.capitalize(), one.upper())})
# Further words of YAML 1.1 for the same: one reader takes them for a flag, another for a text.
_OTHER_BARE: Final = FLAG_WORDS.keys() - {"true", "false"}


@check(
    "config/file-values",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.ERROR),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="Elasticsearch 8.19.0: parsers of booleans, times and placeholders, asked by starting nodes (9.2.0 too) and by PUT _cluster/settings",
)
def file_values(texts: SettingsTexts) -> Yields:
    """The value of a setting has a form that Elasticsearch does not take.

    Why it matters: only ``true`` and ``false`` are booleans, whatever YAML says, and a time needs its unit. A node with another value does not
    start, a request with one is refused. A variable of the environment that is not set where the node starts keeps it from starting, too.

    How to fix: write the value in the form that is named; set the variable, or give it a default as in ``${NAME:default}``.

    Example: ``skip_unavailable: yes``; ``transport.ping_schedule: 30``.
    """
    for text, one in settings_of(texts):
        known = known_setting(one.key)
        if one.no_texts and text.form is not SettingsForm.ANSWER:
            yield _no_text(text, one)
        elif one.unset:
            yield _unset(one)
        elif text.form is SettingsForm.FILE and one.is_null and not one.quoted:
            yield _nothing(text, one)
        elif known is not None and known.form is not Form.ANY and not one.is_null and not _is_taken(text, one, known):
            yield _refused(text, one, known)


def _is_taken(text: SettingsText, one: Setting, known: KnownSetting) -> bool:
    """Whether Elasticsearch takes the value: a list is none, and YAML turns a bare word into a flag before it does."""
    if one.as_list:
        return False
    return fits(known, one.text) or (
        known.form is Form.FLAG and text.form is SettingsForm.FILE and not one.quoted and one.text in _BARE
    )


def _refused(text: SettingsText, one: Setting, known: KnownSetting) -> Finding:
    expected, observed = expected_of(known), f"[{shorten(one.text)}]" if one.as_list else shorten(one.text) or "empty"
    # Taken from a file as it stands, such a word is a flag; in quotes, from the environment or in a request it is refused.
    odd = (
        text.form is SettingsForm.FILE
        and known.form is Form.FLAG
        and not one.quoted
        and one.text.lower() in _OTHER_BARE
    )
    becomes = "where it comes in quotes or from the environment, the node does not start" if odd else refusal(text.form)
    taken = known.form is Form.TEXT and one.key.endswith(".server_name")
    if taken:
        becomes = "it is taken with its brackets, as a name that no certificate has"
    right = FLAG_WORDS.get(one.text.strip().lower(), "") if known.form is Form.FLAG and not one.as_list else ""
    return Finding(
        summary=f"{shorten(one.key)} is {observed}; expected {expected}: {becomes}.",
        remedy=f"Write {expected}.",
        fix=written(text, {one.key: right == "true"}) if right else (),
        severity=Severity.ERROR if taken else refused_as(text.form),
        origin=one.origin,
        facts={"setting": shorten(one.key), "observed": observed, "expected": expected},
    )


def _no_text(text: SettingsText, one: Setting) -> Finding:
    return Finding(
        summary=f"The list of {shorten(one.key)} holds something that is no text, such as a list of its own, a mapping (a colon and a blank make one) "
        f"or nothing: {refusal(text.form)}; expected texts alone.",
        remedy="Write each item as one text, in quotes.",
        severity=refused_as(text.form),
        origin=one.no_texts[0],
        facts={"setting": shorten(one.key), "expected": "texts"},
    )


def _nothing(text: SettingsText, one: Setting) -> Finding:
    return Finding(
        summary=f"{shorten(one.key)} has no value: {refusal(text.form)}; expected one, or no such line.",
        remedy="Give it a value, or take the line out: in a file nothing is to be taken away by null.",
        severity=refused_as(text.form),
        origin=one.key_origin,
        facts={"setting": shorten(one.key), "observed": "null", "expected": "a value"},
    )


def _unset(one: Setting) -> Finding:
    by_node = all(name.isidentifier() for name in one.unset)
    return Finding(
        summary=f"{listed(one.unset)} {'is not set' if by_node else 'is not filled in'} here, so that what {shorten(one.key)} becomes is not judged.",
        remedy="Set it where the node starts, and hand its value over with --env-file."
        if by_node
        else "Hand over what comes of it, with the values filled in.",
        severity=Severity.INFO,
        origin=one.origin,
        facts={"setting": shorten(one.key), "variables": one.unset},
    )

"""What checks of documents share: who refuses what is wrong in one, and when."""

from __future__ import annotations

from collections.abc import Iterator

from diag.model import Setting, SettingsForm, SettingsText, SettingsTexts


def settings_of(texts: SettingsTexts) -> Iterator[tuple[SettingsText, Setting]]:
    """Every setting of every document, with the document."""
    return ((text, one) for text in texts.all for one in text.all)


def refusal(form: SettingsForm) -> str:
    """What becomes of a document with a setting that Elasticsearch does not take."""
    match form:
        case SettingsForm.FILE:
            return "the node does not start"
        case SettingsForm.REQUEST:
            return "the request is refused with 400"
        case SettingsForm.ANSWER:
            return "the cluster holds it all the same"

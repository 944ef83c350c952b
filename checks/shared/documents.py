"""What checks of documents share: who refuses what is wrong in one, and when, and where it is put right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from checks.shared.fixes import Setting as Value
from checks.shared.fixes import at, on_local, put_settings, yml
from checks.tables.settings import SERVER_TLS
from diag.model import (
    FLAG_WORDS,
    Fix,
    Setting,
    SettingsForm,
    SettingsLayer,
    SettingsText,
    SettingsTexts,
    Severity,
    Side,
    Where,
)

_REMOTE: Final = "cluster.remote."
_ENTRY: Final = re.compile(r"cluster\.remote\.(?P<alias>.+)\.cred\w*")
_ADDRESSES: Final = ("seeds", "proxy_address")


def settings_of(texts: SettingsTexts) -> Iterator[tuple[SettingsText, Setting]]:
    """Every setting of every document, with the document. What an answer shows as defaults was taken by the cluster that runs with it."""
    return ((text, one) for text in texts.all for one in text.all if one.layer is not SettingsLayer.DEFAULTS)


def files_of(texts: SettingsTexts, *, not_of: Side | None = None) -> tuple[SettingsText, ...]:
    """The files of nodes; those of one side left out."""
    return tuple(
        one for one in texts.all if one.form is SettingsForm.FILE and (one.side is None or one.side is not not_of)
    )


def remotes_in(text: SettingsText) -> dict[str, dict[str, Setting]]:
    """What a document sets of each remote: by alias, and by the key behind it; of two of the same the later one."""
    found: dict[str, dict[str, Setting]] = {}
    for one in text.under(_REMOTE):
        alias, _, key = one.key.removeprefix(_REMOTE).partition(".")
        if key and one.values and (alias, key) != ("node", "attr"):
            found.setdefault(alias, {})[key] = one
    return found


def alias_of_entry(name: str) -> str:
    """The alias whose key an entry of the keystore holds, also one with a slip behind it; empty for any other entry."""
    found = _ENTRY.fullmatch(name)
    return found["alias"] if found else ""


def has_address(settings: Mapping[str, Setting]) -> bool:
    """Whether the settings of a remote hold an address, without which Elasticsearch has no such remote."""
    return any(key in settings for key in _ADDRESSES)


def refusal(form: SettingsForm) -> str:
    """What becomes of a document with a setting that Elasticsearch does not take."""
    match form:
        case SettingsForm.FILE:
            return "the node does not start"
        case SettingsForm.REQUEST:
            return "the request is refused with 400"
        case SettingsForm.ANSWER:
            return "the cluster holds it all the same"


def refused_as(form: SettingsForm) -> Severity:
    """How severe such a setting is: a node that does not start is down, a request that is refused changes nothing."""
    return Severity.CRITICAL if form is SettingsForm.FILE else Severity.ERROR


def written(text: SettingsText, settings: Mapping[str, Value]) -> tuple[Fix, ...]:
    """How settings are written where they were read: lines of that file, or the request anew. None takes one away."""
    if text.form is not SettingsForm.FILE:
        return on_local(put_settings(settings))
    lines = [
        yml(key, _text(value)) if value is not None else f"# {key} is taken out" for key, value in settings.items()
    ]
    return at(Where.REMOTE_NODE if text.side is Side.REMOTE else Where.LOCAL_NODE, yml=lines, file=text.name)


def _text(value: Value) -> str | list[str]:
    if isinstance(value, list):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_off(setting: Setting | None) -> bool:
    """Whether a setting is there and says no, as YAML and Elasticsearch read it."""
    return setting is not None and FLAG_WORDS.get(setting.text.strip().lower()) == "false"


def is_on(setting: Setting | None) -> bool:
    """Whether a setting is there and says yes."""
    return setting is not None and FLAG_WORDS.get(setting.text.strip().lower()) == "true"


def is_loaded(text: SettingsText, prefix: str) -> bool:
    """Whether a node reads the files of a TLS section: one that is switched off is left alone, as is a server that is not there."""
    if prefix == SERVER_TLS and not is_on(text.get("remote_cluster_server.enabled")):
        return False
    return not is_off(text.get(f"{prefix}enabled"))

"""Settings of a node that do not stand in its file: ``-E`` on its command line, the environment of its container, a file of such lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from diag.documents.elasticsearch_yml import side_of
from diag.documents.source import Source
from diag.documents.tree import Node, Text
from diag.documents.unresolved import stand_in
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.piece import Side

# What the image of Elasticsearch takes for a setting: at least two words with a dot between them, or a name that begins like this.
_DOTTED: Final = re.compile(r"[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)+")
_UPPER: Final = re.compile(r"ES_SETTING_(?P<rest>[A-Z0-9_]+)")
_PAIR: Final = re.compile(r"(?P<name>[^\s=]+)=(?P<value>.*)", re.DOTALL)
_OPTIONS: Final = frozenset({"-E", "-e", "--env", "--settings"})
# One of these has to be among them, for other programs have settings with dots too.
_SIGNS: Final = (
    "cluster.",
    "node.",
    "xpack.",
    "discovery.",
    "network.",
    "transport.",
    "remote_cluster",
    "remote_cluster_server.",
)


def key_of(name: str) -> str:
    """The setting that a variable of the environment is to Elasticsearch, empty where it is none.

    ``ES_SETTING_XPACK_SECURITY_ENABLED`` is ``xpack.security.enabled``: one underscore stands for a dot, two for an underscore.
    """
    upper = _UPPER.fullmatch(name)
    if upper is not None:
        return upper["rest"].lower().replace("__", "\0").replace("_", ".").replace("\0", "_")
    return name if _DOTTED.fullmatch(name) else ""


def pair(source: Source) -> Setting | None:
    """Read ``name=value``; None where it is no setting."""
    found = _PAIR.fullmatch(source.text)
    if found is None:
        return None
    names = source.unset(*found.span("name"))
    key = key_of(stand_in(found["name"]) if names else found["name"])
    if not key:
        return None
    value = found["value"]
    start, end = found.start("value"), found.start("value") + len(value.rstrip())
    return Setting(
        key=key,
        written=(found["name"],),
        values=(value,) if value else (),
        quoted=True,
        unset=source.unset(start, max(end, start)),
        layer=Layer.FILE,
        origin=source.places.origin(start, end),
        key_origin=source.places.origin(*found.span("name")),
    )


def variable(name: str, name_origin: Origin, value: Node) -> Setting | None:
    """Read a variable whose name and value stand apart; None where it is no setting, or has no single value."""
    key = key_of(name)
    if not key or not isinstance(value, Text):
        return None
    return Setting(
        key=key,
        written=(name,),
        values=() if value.is_null else (value.value,),
        quoted=True,
        unset=value.unset,
        layer=Layer.FILE,
        origin=value.origin,
        key_origin=name_origin,
    )


def node_settings(words: Sequence[Source], side: Side | None = None) -> SettingsTexts | None:
    """The settings that the words of one command give to a node; None where there are none."""
    return settings_text(_pairs(words), side)


def _pairs(words: Sequence[Source]) -> Iterator[Source]:
    """What stands behind ``-E``, ``-e`` and ``--env``, in the same word or in the next one."""
    for index, word in enumerate(words):
        before = words[index - 1].text if index else ""
        if before in _OPTIONS:
            yield word
        elif word.text.startswith(("-E", "--env=")):
            yield word.part(len("-E" if word.text.startswith("-E") else "--env="), len(word.text))


def settings_text(sources: Iterable[Source], side: Side | None, name: str = "") -> SettingsTexts | None:
    """The settings of one node out of its ``name=value`` pairs; None where none of them is one of Elasticsearch."""
    return settings_of_node([one for source in sources if (one := pair(source))], side, name)


def settings_of_node(settings: Sequence[Setting], side: Side | None, name: str = "") -> SettingsTexts | None:
    """The same, out of settings that were read already."""
    if not any(one.key.startswith(_SIGNS) for one in settings):
        return None
    found = tuple(settings)
    text = SettingsText(
        form=SettingsForm.FILE,
        side=side or side_of(found),
        name=name or found[0].origin.file,
        all=found,
        whole=found[0].key_origin,
    )
    return SettingsTexts(all=(text,))

"""The resource ``elasticstack_elasticsearch_cluster_settings``: blocks ``persistent`` and ``transient`` of settings with a value or a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.flat import Flattening
from diag.documents.row import Reading
from diag.documents.tree import Branch, Entry, Items, Text, branches
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.piece import Side

_SCOPES: Final = (Layer.PERSISTENT, Layer.TRANSIENT)


def cluster_settings(body: Branch, reading: Reading) -> tuple[object, ...]:
    """Read one resource as the request that the provider makes of it."""
    found = tuple(one for layer in _SCOPES for one in _settings(body, layer))
    if not found:
        return ()
    text = SettingsText(
        form=SettingsForm.REQUEST,
        side=reading.side or Side.LOCAL,
        name=body.origin.file,
        all=found,
        whole=body.origin,
    )
    return (SettingsTexts(all=(text,)),)


def _settings(body: Branch, layer: Layer) -> Iterator[Setting]:
    for scope in _blocks(body, layer.value):
        for setting in _blocks(scope, "setting"):
            entry = _entry(setting)
            if entry is not None:
                yield from Flattening(layer).settings(Branch((entry,), setting.origin))


def _blocks(body: Branch, name: str) -> Iterator[Branch]:
    """The blocks of a type, also those that are made of a collection: what differs between these is not known."""
    yield from branches(body.get(name))
    for dynamic in branches(body.get(f"dynamic {name}")):
        yield from branches(dynamic.get("content"))


def _entry(setting: Branch) -> Entry | None:
    """A setting as a key with its value; None where its name or its value is no literal of that form."""
    name = setting.get("name")
    found = [setting.get(key) for key in ("value", "value_list")]
    value = next((one for one in found if one is not None and not (isinstance(one, Text) and one.is_null)), None)
    if not isinstance(name, Text) or value is None or isinstance(value, Branch):
        return None
    if isinstance(value, Items) and not value.all and isinstance(found[0], Text):
        value = found[0]
    return Entry(name.value, name.origin, value, name.unset)

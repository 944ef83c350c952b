"""What stands in for a value that is filled in later, so that the rest of a document can be judged.

A shell fills ``$HOST`` in, a node ``${HOST}`` of its environment, Ansible ``{{ host }}``: what comes of it is not known, and nothing may be
said of it. What is put in its place is the most ordinary value that there is, so that no check finds fault with it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from typing import Final

from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import Setting, SettingsText

_REFERENCE: Final = re.compile(r"\{\{(.*?)\}\}|[$%]\{(.*?)\}|\$\((.*?)\)|`(.*?)`|\$(\w+)", re.DOTALL)
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_REMOTE: Final = "cluster.remote."
# A port that no table knows: nobody can say what is behind it.
_DOMAIN: Final = ".unresolved"
_SOME_PORT: Final = "20000"
_MAX_REFERENCES: Final = 500
_ADDRESSES: Final = frozenset({"seeds", "proxy_address", "proxy"})


def stand_in(text: str) -> str:
    """A text with a plain name in place of each reference: ``cluster.remote.$ALIAS.mode`` gives ``cluster.remote.alias.mode``."""
    return _REFERENCE.sub(lambda found: _name(next((one for one in found.groups() if one), "")), text)


def _name(reference: str) -> str:
    """The name of a variable as a part of a DNS name, of an alias or of an index."""
    return _NO_NAME.sub("-", reference.partition("|")[0].strip().lower()).strip("-")[:40].strip("-") or "name"


def written_back(text: str, source: str) -> str:
    """A text about a document with the references of that document in the place of the names that stood in for them."""
    if _DOMAIN not in text and _REMOTE not in text:
        return text
    for name, reference, is_alias in _references(source):
        text = text.replace(f"{name}{_DOMAIN}", reference)
        if is_alias:
            text = text.replace(f"{_REMOTE}{name}.", f"{_REMOTE}{reference}.")
    return text


@functools.lru_cache(maxsize=8)
def _references(source: str) -> tuple[tuple[str, str, bool], ...]:
    """The references of a document, each once: the name that stands in for it, itself, and whether it is a part of an alias."""
    found: dict[tuple[str, str, bool], None] = {}
    for one in _REFERENCE.finditer(source):
        name = _name(next((group for group in one.groups() if group), ""))
        found[name, one[0], source.endswith(_REMOTE, 0, one.start())] = None
        if len(found) == _MAX_REFERENCES:
            break
    return tuple(found)


def stand_ins_in(text: SettingsText) -> Iterator[tuple[str, Origin]]:
    """What ``with_stand_ins`` puts in the place of values, each with the place of what is written there; the longest first."""
    addressed = _addressed(text)
    for before in (one for one in text.all if one.unset):
        after = _ordinary(before, addressed)
        if after is None or after.values == before.values:
            continue
        places = before.item_origins if len(before.item_origins) == len(after.values) else (before.origin,)
        for value, place in zip(after.values, places, strict=False):
            yield from ((one, place) for one in dict.fromkeys((value, *value.split(","))) if one not in before.values)


def with_stand_ins(text: SettingsText) -> SettingsText:
    """The settings of remotes of a document, with an ordinary value for each one that is not known."""
    addressed = _addressed(text)
    settings = (_ordinary(one, addressed) for one in text.all)
    return dataclasses.replace(text, all=tuple(one for one in settings if one is not None))


def _addressed(text: SettingsText) -> set[str]:
    """The remotes whose address is that of a proxy."""
    return {one.key.rpartition(".")[0] for one in text.all if one.key.endswith(".proxy_address") and one.values}


def _ordinary(setting: Setting, addressed: set[str]) -> Setting | None:
    """A setting with an ordinary value; None where there is none, so that it counts as one that is not there."""
    remote, _, key = setting.key.rpartition(".")
    if not setting.unset or not setting.key.startswith(_REMOTE):
        return setting
    if key in _ADDRESSES:
        values = tuple(_address(one, setting.unset) for one in setting.values)
        if key == "seeds" and values and not setting.as_list and setting.text.count(":") == 0:
            values = (f"{values[0]},other-{values[0]}",)  # Perhaps one seed, perhaps several.
        return dataclasses.replace(setting, values=values)
    ordinary = {"mode": "proxy" if remote in addressed else "sniff", "skip_unavailable": "false"}.get(key)
    if key == "server_name":
        ordinary = f"{stand_in(setting.text)}{_DOMAIN}"
    return None if ordinary is None else dataclasses.replace(setting, values=(ordinary,), as_list=False)


def _referred(text: str, unset: tuple[str, ...]) -> str:
    """A text that is an expression as a whole, such as ``var.host``, in the form of a reference."""
    return f"${{{_NO_NAME.sub('_', text.lower())}}}" if text in unset and not _REFERENCE.search(text) else text


def _address(written: str, unset: tuple[str, ...]) -> str:
    """An address: a port that is written down stays, for it can be judged; so does whatever is wrong around the reference."""
    text = _referred(written, unset)
    last = next(reversed(list(_REFERENCE.finditer(text))), None)
    if last is None or last.end() != len(text):
        return _plain(text)
    host, colon, _ = text.rpartition(":")
    is_port = colon and last.start() > len(host)
    return f"{_plain(host if is_port else text)}:{_SOME_PORT}"


def _plain(text: str) -> str:
    """A text with the name of some host in the place of each reference."""
    return _REFERENCE.sub(lambda found: f"{_name(next((one for one in found.groups() if one), ''))}{_DOMAIN}", text)

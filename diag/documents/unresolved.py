"""What stands in for a value that is filled in later, so that the rest of a document can be judged.

A shell fills ``$HOST`` in, a node ``${HOST}`` of its environment, Ansible ``{{ host }}``: what comes of it is not known, and nothing may be
said of it. What is put in its place is the most ordinary value that there is, so that no check finds fault with it.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from diag.evidence.documents.settings import Setting, SettingsText

_REFERENCE: Final = re.compile(r"\{\{(.*?)\}\}|[$%]\{(.*?)\}|\$\((.*?)\)|`(.*?)`|\$(\w+)", re.DOTALL)
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_REMOTE: Final = "cluster.remote."
# A port that no table knows: nobody can say what is behind it.
_DOMAIN: Final = ".unresolved"
_SOME_PORT: Final = "20000"
_ADDRESSES: Final = frozenset({"seeds", "proxy_address", "proxy"})


def stand_in(text: str) -> str:
    """A text with a plain name in place of each reference: ``cluster.remote.$ALIAS.mode`` gives ``cluster.remote.alias.mode``."""
    return _REFERENCE.sub(lambda found: _name(next((one for one in found.groups() if one), "")), text)


def _name(reference: str) -> str:
    """The name of a variable as a part of a DNS name, of an alias or of an index."""
    return _NO_NAME.sub("-", reference.partition("|")[0].strip().lower()).strip("-")[:40].strip("-") or "name"


def written_back(text: str, source: str) -> str:
    """A text about a document with the references of that document in the place of the names that stood in for them."""
    if _DOMAIN not in text:
        return text
    for found in _REFERENCE.finditer(source):
        name = _name(next((one for one in found.groups() if one), ""))
        text = text.replace(f"{name}{_DOMAIN}", found[0])
    return text


def with_stand_ins(text: SettingsText) -> SettingsText:
    """The settings of remotes of a document, with an ordinary value for each one that is not known."""
    addressed = {one.key.rpartition(".")[0] for one in text.all if one.key.endswith(".proxy_address") and one.values}
    settings = (_ordinary(one, addressed) for one in text.all)
    return dataclasses.replace(text, all=tuple(one for one in settings if one is not None))


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
    plain = _REFERENCE.sub(lambda found: f"{_name(next((one for one in found.groups() if one), ''))}.unresolved", text)
    found = _REFERENCE.search(text)
    if found and found.end() == len(text):
        host, colon, _ = text.rpartition(":")
        known = colon and found.start() > len(host)
        return f"{stand_in(host) if known else plain}:{_SOME_PORT}"
    return plain

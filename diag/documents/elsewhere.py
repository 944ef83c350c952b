"""The remotes that other documents of a cluster register: what a document knows of them, within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final

from diag.model import Remote

# So many are compared with each other as a whole; of more, only those that a document or the keystore can mean.
_MAX_COMPARED: Final = 256
_SAME: Final = re.compile(r"[^a-z0-9]+")


def elsewhere_of(
    aliases: Collection[str], keystore: Iterable[str] | None
) -> Callable[[Collection[str]], tuple[Remote, ...]]:
    """Give what tells a document, by the aliases that it registers itself, of the others: those of ``aliases`` are all that there are."""
    remotes = {alias: Remote(alias=alias) for alias in sorted(aliases)}
    if len(remotes) <= _MAX_COMPARED:
        return lambda own: tuple(one for alias, one in remotes.items() if alias not in own)
    entries = " ".join(keystore or ())
    always = [alias for alias in remotes if f".{alias}." in entries]
    alike: dict[str, list[str]] = {}
    for alias in remotes:
        alike.setdefault(_spelling(alias), []).append(alias)

    def others(own: Collection[str]) -> tuple[Remote, ...]:
        meant = (*always, *(one for alias in own for one in alike.get(_spelling(alias), ())))
        return tuple(remotes[alias] for alias in dict.fromkeys(meant) if alias not in own)

    return others


def _spelling(alias: str) -> str:
    """An alias without what a slip changes: capitals, and the signs between words."""
    return _SAME.sub("", alias.casefold())

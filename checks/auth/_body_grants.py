"""Roles of request bodies as the checks of roles know them."""

from __future__ import annotations

from diag.model import Grant, RoleEntry, SettingsTexts

_REMOTE = "cluster.remote."


def grant_of(entry: RoleEntry) -> Grant:
    """An entry without its places."""
    clusters, names, privileges = (
        tuple(one.text for one in part) for part in (entry.clusters, entry.names, entry.privileges)
    )
    return Grant(privileges=privileges, names=names, clusters=clusters)


def registered(texts: SettingsTexts) -> tuple[str, ...]:
    """The aliases of the remotes that settings documents register."""
    keys = (one.key.removeprefix(_REMOTE) for text in texts.all for one in text.under(_REMOTE) if one.values)
    return tuple(dict.fromkeys(key.partition(".")[0] for key in keys if "." in key))

"""What documents say, as a cluster would answer it: registrations and nodes, read by the readers of those answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from diag.documents.answers.answer import nested
from diag.evidence.documents.settings import Layer, SettingsForm, SettingsText
from diag.evidence.elasticsearch import nodes, registrations
from diag.model import Nodes, Registrations, Unavailable

_REMOTE: Final = "cluster.remote."
_ALL_ROLES: Final = ("master", "data", "ingest", "ml", "transform", "remote_cluster_client")
_ANSWERED: Final = {Layer.FILE: "defaults", Layer.NONE: "persistent"}


def registrations_of(texts: Iterable[SettingsText]) -> Registrations | Unavailable:
    """What GET _cluster/settings would say of the remotes of these documents together."""
    layers: dict[str, dict[str, object]] = {}
    for text in texts:
        for one in text.under(_REMOTE):
            # What stands outside of persistent and transient was meant as persistent: its values are judged as such.
            layer = _ANSWERED.get(one.layer, one.layer.value)
            if one.values:
                value: object = list(one.parts) if one.as_list else one.text
                layers.setdefault(layer, {})[one.key.removeprefix(_REMOTE)] = value
    return registrations.read({layer: {"cluster": {"remote": found}} for layer, found in layers.items()})


def nodes_of(texts: Iterable[SettingsText], version: str) -> Nodes | Unavailable | None:
    """What GET _nodes would say of the nodes whose files these are; None where there is no file of a node."""
    files = [one for one in texts if one.form is SettingsForm.FILE]
    if not files:
        return None
    return nodes.read({"nodes": {str(index): _node(one, version) for index, one in enumerate(files)}})


def _node(text: SettingsText, version: str) -> dict[str, object]:
    roles, name = text.get("node.roles"), text.get("node.name")
    return {
        "name": name.text if name is not None and name.values and not name.unset else text.name,
        "version": version,
        "roles": list(_ALL_ROLES if roles is None else roles.parts),
        "settings": nested((one.key, list(one.values) if one.as_list else one.text) for one in text.all),
    }

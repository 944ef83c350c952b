"""The node sets of an Elasticsearch resource: their names, the roles of their nodes, the labels of their pod template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.documents.cloud.bodies import plain
from diag.documents.flat import Flattening
from diag.documents.tree import Branch, Text, branches, resolved
from diag.evidence.documents.eck_node_set import EckNodeSet
from diag.evidence.documents.settings import Layer, Setting

_ROLES: Final = "node.roles"
# Elastic Cloud on Kubernetes: the roles that it takes a node to have where node.roles is not written, each with the older setting that decides.
_BY_DEFAULT: Final = {
    "master": "node.master",
    "data": "node.data",
    "data_content": "node.data",
    "data_hot": "node.data",
    "data_warm": "node.data",
    "data_cold": "node.data",
    "data_frozen": "node.data",
    "ingest": "node.ingest",
    "ml": "node.ml",
    "remote_cluster_client": "node.remote_cluster_client",
}
# What is not there without a word: a node is a voting-only one where it says so, and transforms where it holds data.
_TRANSFORM: Final = "node.transform"
_VOTING: Final = "node.voting_only"


def node_sets(spec: Branch, environment: Mapping[str, str]) -> Iterator[EckNodeSet]:
    """Read them."""
    for one in branches(spec.get("nodeSets")):
        config = one.get("config")
        settings = Flattening(Layer.FILE, environment).settings(resolved(config)) if isinstance(config, Branch) else ()
        labels = one.get("podTemplate", "metadata", "labels")
        yield EckNodeSet(
            name=plain(one, "name"),
            roles=_roles({setting.key: setting for setting in settings}),
            labels=tuple(
                (entry.key, entry.value.value)
                for entry in (labels.entries if isinstance(labels, Branch) else ())
                if isinstance(entry.value, Text)
            ),
        )


def _roles(settings: Mapping[str, Setting]) -> frozenset[str] | None:
    written = settings.get(_ROLES)
    asked = (_ROLES, _TRANSFORM, _VOTING, *_BY_DEFAULT.values())
    if any(one.unset or "${" in one.text for key in asked if (one := settings.get(key)) is not None):
        return None
    if written is not None and not written.is_null:
        return frozenset(written.parts)
    roles = {role for role, key in _BY_DEFAULT.items() if _flag(settings.get(key), default=True)}
    if _flag(settings.get(_TRANSFORM), default="data" in roles):
        roles.add("transform")
    if _flag(settings.get(_VOTING), default=False):
        roles.add("voting_only")
    return frozenset(roles)


def _flag(setting: Setting | None, *, default: bool) -> bool:
    return default if setting is None or setting.is_null else setting.text == "true"

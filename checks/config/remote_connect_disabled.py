"""The check config/remote-connect-disabled."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.documents import files_of, is_off, written
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    SettingsTexts,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_LAST_MAJOR: Final = 7


def _in_documents(texts: SettingsTexts, local_version: LocalVersion | Unavailable) -> Yields:
    """Judge the files of nodes before 8.0; to later ones the setting is unknown."""
    set_ = [(text, found) for text in files_of(texts) if (found := text.get("cluster.remote.connect")) is not None]
    if not set_ or isinstance(local_version, Unavailable) or local_version.number.major > _LAST_MAJOR:
        yield NotApplicable(
            "no document of a release before 8.0 sets cluster.remote.connect; config/unknown-setting is about later ones"
        )
        return
    for text, found in set_:
        off = is_off(found)
        yield Finding(
            summary=f"cluster.remote.connect is {shorten(found.text)}{': this node connects to no remote' if off else ''}; expected node.roles to say it.",
            remedy="Take cluster.remote.connect out, say in node.roles which nodes connect, and restart the node.",
            fix=written(text, {found.key: None}),
            severity=Severity.ERROR if off else Severity.WARNING,
            origin=found.origin,
            facts={"setting": found.key, "observed": shorten(found.text), "expected": "not set"},
        )


@check(
    "config/remote-connect-disabled",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    once_in_documents=True,
    docs=(docs.NODE_ROLES, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("nodes", "settings"),
    source="documentation: remote cluster settings of release 7, cluster.remote.connect; elasticsearch#53690",
    explains=("config/not-added", *NO_CONNECTION),
)
def remote_connect_disabled(
    local_nodes: OfLocal[Nodes] | Unavailable,
    texts: SettingsTexts | Unavailable,
    local_version: LocalVersion | Unavailable,
) -> Yields:
    """``cluster.remote.connect: false`` keeps nodes from connecting to remotes.

    Why it matters: such a node has no remote at all, whatever is registered: searches say ``no such remote cluster``. The setting is what
    became the role ``remote_cluster_client`` in 7.7; release 8 has it no more.

    How to fix: take the setting out of ``elasticsearch.yml`` and restart the node; where it shall not connect, say so in ``node.roles``.

    Example: a setting that was meant for the data nodes of release 6 went with the file to every node.
    """
    if not isinstance(texts, Unavailable):
        yield from _in_documents(texts, local_version)
    if isinstance(local_nodes, Unavailable):
        if isinstance(texts, Unavailable):
            yield missing(local_nodes)
        return
    switched_off = [node.name for node in local_nodes.all if node.connect is False]
    if switched_off:
        some = len(switched_off) < len(local_nodes.all)
        yield Finding(
            summary=f"cluster.remote.connect is false on {listed(switched_off)}: {'they connect' if some else 'no node connects'} to no remote"
            f"{', and a search that is sent to them fails' if some else ''}.",
            remedy="Take cluster.remote.connect out of elasticsearch.yml of these nodes and restart them.",
            severity=Severity.WARNING if some else Severity.ERROR,
            facts={"observed": "false", "expected": "not set", "nodes": as_fact(switched_off)},
        )
    elif local_nodes.failed:
        yield Unknown(
            f"{local_nodes.failed} of {local_nodes.failed + len(local_nodes.all)} nodes did not say their settings"
        )

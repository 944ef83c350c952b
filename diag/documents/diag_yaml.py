"""``diag.yaml`` among other documents: its remotes are judged as ``diag lint`` judges them, each setting with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Items, Node, branches, text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.origins import Origins


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None or not any("name" in one.keys for one in branches(branch.get("clusters"))):
        return ""
    return "it holds clusters with names"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    # What it says is no document of Elasticsearch: it is loaded as the configuration that it is.
    del candidate, reading
    return ()


def origins_of(candidate: Candidate, cluster: str) -> Origins:
    """The places of the settings of one local cluster in a configuration, by Elasticsearch's own keys."""
    found = branches(candidate.branch.get("clusters")) if candidate.branch else ()
    return Origins(all=tuple(place for one in found if text(one.get("name")) == cluster for place in _of_cluster(one)))


def _of_cluster(cluster: Branch) -> Iterator[tuple[str, Origin]]:
    remotes = list(branches(cluster.get("remotes")))
    for remote in remotes:
        yield from _of_setting(f"cluster.remote.{text(remote.get('alias'))}", remote)
    yield from (
        (f"{entry.key}{tail}", origin)
        for entry in cluster.entries
        if entry.key != "remotes"
        for tail, origin in _of_setting("", entry.value)
    )
    # A finding about the cluster as a whole, or about a remote that it reads from its API, stands where the cluster does.
    yield "", cluster.origin


def _of_setting(key: str, node: Node) -> Iterator[tuple[str, Origin]]:
    yield key, _first_line(node)
    if isinstance(node, Branch):
        for entry in node.entries:
            yield from _of_setting(f"{key}.{entry.key}", entry.value)
    elif isinstance(node, Items):
        for index, one in enumerate(node.all):
            yield from _of_setting(f"{key}[{index}]", one)


def _first_line(node: Node) -> Origin:
    """The place of a value; of a mapping that of its first key, which stands for it better than a whole block."""
    return node.entries[0].origin if isinstance(node, Branch) and node.entries else node.origin


ROW: Final = KindRow(kind=DocumentKind.DIAG_YAML, recognise=_recognise, read=_read)

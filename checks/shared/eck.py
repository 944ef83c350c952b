"""What checks of ECK share: which cluster a remote refers to, who uses which port of whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from checks.shared.payloads import is_given, text_of
from checks.tables.versions import ECK_FILE_SETTINGS, ECK_FILES_BY_OPERATOR
from diag.model import REMOTE_CLUSTER_SERVER, TRANSPORT_RANGE, EckCluster, EckClusters, EckRemote, Version, Written

_RELEASE: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")
TRANSPORT: Final = TRANSPORT_RANGE.start


def target_of(clusters: EckClusters, cluster: EckCluster, remote: EckRemote) -> EckCluster | None:
    """The cluster that a remote refers to, None where the documents do not show it."""
    namespace = remote.namespace or cluster.namespace
    wanted = (text_of(remote.target), namespace)
    return next((one for one in clusters.all if (one.name, one.namespace) == wanted), None)


def called(cluster: EckCluster) -> str:
    """How to call a cluster."""
    return f"{cluster.namespace}/{cluster.name}"


def uses(clusters: EckClusters) -> Iterator[tuple[EckCluster, EckRemote, EckCluster | None]]:
    """Every remote of every cluster, with what it refers to."""
    for cluster in clusters.all:
        for remote in cluster.remotes:
            yield cluster, remote, target_of(clusters, cluster, remote)


def port_of(remote: EckRemote) -> int:
    """The port of the pods that a remote is reached by."""
    return REMOTE_CLUSTER_SERVER if remote.key is not None else TRANSPORT


def release_of(value: Written | None) -> Version | None:
    """The release that a value names, None where it names none."""
    found = _RELEASE.match(text_of(value))
    return Version(*(int(part or 0) for part in found.groups())) if found else None


def unregistered(cluster: EckCluster) -> tuple[EckRemote, ...]:
    """The remotes of a cluster that the operator has not taken up; none where no API server shows what it did."""
    if cluster.status is None:
        return ()
    return tuple(
        one
        for one in cluster.remotes
        if is_given(one.alias) and is_given(one.target) and text_of(one.alias) not in cluster.status.registered
    )


def asks_for_files(cluster: EckCluster) -> bool:
    """Whether an annotation asks for secure settings as files; the operator takes this one text for it."""
    return text_of(cluster.file_settings) == "true"


def has_files(cluster: EckCluster, operators: Iterable[Written] = ()) -> bool | None:
    """Whether secure settings are files there, in place of entries of the keystore; None where a release is not known.

    ``operators`` are the releases of operators that stand elsewhere.
    """
    if not asks_for_files(cluster):
        return False
    found = [release_of(one) for one in ([cluster.operator] if cluster.operator is not None else operators)]
    release, known = release_of(cluster.version), [one for one in found if one is not None]
    if (release is not None and release < ECK_FILE_SETTINGS.since) or any(
        one < ECK_FILES_BY_OPERATOR.since for one in known
    ):
        return False
    return True if release is not None and known else None

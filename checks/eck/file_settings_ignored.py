"""The check eck/file-settings-ignored."""

from __future__ import annotations

from checks.shared.eck import asks_for_files, called, has_files
from checks.shared.payloads import text_of
from checks.tables import docs
from checks.tables.versions import ECK_FILE_SETTINGS, ECK_FILES_BY_OPERATOR
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import EckCluster, EckClusters, EckOperators, Finding, Severity, Unavailable, listed, shorten


@check(
    "eck/file-settings-ignored",
    severity=Severity.WARNING,
    docs=(docs.ECK_SECURE_SETTINGS,),
    tags=("documents", "eck", "keystore"),
    source="documentation: secure settings on ECK, hot reload; Elastic Cloud on Kubernetes: release notes of 3.5",
)
def file_settings_ignored(clusters: EckClusters, operators: EckOperators | Unavailable) -> Yields:
    """An ECK cluster asks for secure settings as files, and its release or that of the operator has none.

    Why it matters: with ``eck.k8s.elastic.co/file-based-secure-settings: "true"`` keys of remotes are files, and a new key is in force at once. An
    older Elasticsearch or operator ignores that without a word: the keys go into the keystore, and each new one restarts every node.

    How to fix: upgrade Elasticsearch and the operator, or take the annotation off.

    Example: the annotation on a cluster of 9.4.
    """
    asking = [one for one in clusters.all if asks_for_files(one)]
    if not asking:
        yield NotApplicable("no ECK cluster asks for secure settings as files")
    known = () if isinstance(operators, Unavailable) else operators.all
    open_: list[str] = []
    for one in asking:
        found = has_files(one, known)
        if found is None:
            open_.append(called(one))
        elif not found:
            yield _finding(one)
    if open_:
        yield Unknown(f"the release of Elasticsearch, or that of the operator, is not known of {listed(open_)}")


def _finding(cluster: EckCluster) -> Finding:
    place = cluster.spec if cluster.file_settings is None else cluster.file_settings.origin
    release, operator = text_of(cluster.version), text_of(cluster.operator)
    return Finding(
        summary=f"{shorten(called(cluster), 120)} asks for secure settings as files, and is of release {shorten(release, 40) or 'unknown'}"
        f"{f' with the operator {shorten(operator, 40)}' if operator else ''}; expected Elasticsearch {ECK_FILE_SETTINGS.since} or later, "
        f"and the operator {ECK_FILES_BY_OPERATOR.since} or later: each new key restarts the nodes.",
        remedy="Upgrade them, or take the annotation off.",
        origin=place,
        facts={"observed": shorten(release, 40), "expected": str(ECK_FILE_SETTINGS.since)},
    )

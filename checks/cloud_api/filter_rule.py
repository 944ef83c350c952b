"""The check cloud-api/filter-rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import HEX_ID, ORGANIZATION, is_given, is_missing
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CloudDeployments,
    FilterRule,
    Finding,
    Origin,
    Severity,
    TrafficFilter,
    TrafficFilters,
    Unavailable,
    shorten,
)

_TYPE: Final = "remote_cluster"


@check(
    "cloud-api/filter-rule",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    docs=(docs.REMOTE_CLUSTER_FILTERING, docs.REMOTE_CLUSTERS_NETWORK),
    tags=("documents", "cloud", "filter"),
    source="documentation: remote cluster filtering; Elastic Cloud API: TrafficFilterRule; a filter is bound to its region",
)
def filter_rule(filters: TrafficFilters, deployments: CloudDeployments | Unavailable) -> Yields:
    """A rule of a remote cluster filter names no remote cluster, or cannot be attached.

    Why it matters: a rule of the type ``remote_cluster`` admits by the id of the remote cluster, of its organization, or both. Without one the rule is
    refused; with a wrong one it admits nobody, and 403 is answered. A filter of another region cannot be attached to the deployment.

    How to fix: give ``remote_cluster_org_id``, and ``remote_cluster_id`` for one cluster alone; make the filter in the region of the deployment
    that is reached.

    Example: ``rule { source = "0.0.0.0/0" }`` in a filter of type ``remote_cluster``.
    """
    for_remotes = [one for one in filters.all if _is_for_remotes(one)]
    if not for_remotes:
        yield NotApplicable("no filter is of type remote_cluster")
    regions = set() if isinstance(deployments, Unavailable) else {one.region for one in deployments.all if one.region}
    for one in for_remotes:
        yield from _filter(one, regions)
        for rule in one.rules:
            yield from _rule(rule)


def _is_for_remotes(one: TrafficFilter) -> bool:
    return (one.type is not None and one.type.text == _TYPE) or any(
        rule.cluster_id is not None or rule.organization_id is not None for rule in one.rules
    )


def _finding(summary: str, remedy: str, origin: Origin, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(summary=f"{summary}.", remedy=remedy, severity=severity, origin=origin)


def _filter(one: TrafficFilter, regions: set[str]) -> Iterator[Finding]:
    name = shorten(one.name, 80) or "without a name"
    if one.type is not None and one.type.known and one.type.text != _TYPE:
        yield _finding(
            f"The filter {name} is of type {shorten(one.type.text, 40)} and has rules for remote clusters; expected type {_TYPE}",
            f"Write {_TYPE} as its type.",
            one.type.origin,
        )
    if not one.rules:
        yield _finding(f"The filter {name} has no rules: it admits nobody", "Add a rule.", one.origin)
    if one.region and regions and one.region not in regions:
        yield _finding(
            f"The filter {name} is for region {shorten(one.region, 60)}, the deployment is in {', '.join(sorted(regions))}: it cannot be attached",
            "Make it in the region of the deployment that is reached.",
            one.origin,
        )


def _rule(rule: FilterRule) -> Iterator[Finding]:
    if rule.source is not None:
        yield _finding(
            "A rule of type remote_cluster has a source; expected remote_cluster_org_id and remote_cluster_id",
            "Leave the source out, or make a filter of type ip.",
            rule.source.origin,
        )
    if is_missing(rule.cluster_id) and is_missing(rule.organization_id):
        if rule.source is None:
            yield _finding(
                "A rule has neither remote_cluster_id nor remote_cluster_org_id; expected at least one of them",
                "Give the id of the organization, and that of the cluster for one cluster alone.",
                rule.origin,
            )
        return
    if is_missing(rule.cluster_id):
        yield _finding(
            "A rule has no remote_cluster_id: it admits every cluster of the organization",
            "Nothing, where that is meant; else give the id of the cluster.",
            rule.origin,
            Severity.INFO,
        )
    for value, form, what in (
        (rule.cluster_id, HEX_ID, "32 hexadecimal digits, the id of the Elasticsearch cluster"),
        (rule.organization_id, ORGANIZATION, "6 to 12 digits, the id of the organization"),
    ):
        if value is not None and is_given(value) and not form.fullmatch(value.text):
            yield _finding(
                f"{value.key} is {shorten(value.text, 60)}; expected {what}: the rule admits nobody",
                "Take the id from the Security page of the remote.",
                value.origin,
            )

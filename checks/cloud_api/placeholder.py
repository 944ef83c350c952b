"""The check cloud-api/placeholder."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.placeholders import placeholder_in
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    RemoteLists,
    Severity,
    TrafficFilters,
    TrustPayloads,
    Unavailable,
    Written,
    shorten,
)


@check(
    "cloud-api/placeholder",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="documentation: remote clusters in the same organization; POSIX shell: nothing is expanded between single quotes",
)
def placeholder(
    lists: RemoteLists | Unavailable, trusts: TrustPayloads | Unavailable, filters: TrafficFilters | Unavailable
) -> Yields:
    """A body for the Cloud API holds a placeholder.

    Why it matters: the API gets the text as it stands there. The example of the documentation has its body in single quotes, so that
    the shell does not put ``$DEPLOYMENT_ID_REMOTE`` in: the answer is 404, or the text is saved and matches nothing.

    How to fix: put the value in; or let ``jq -n --arg`` or a heredoc without quotes do it.

    Example: ``"deployment_id": "$DEPLOYMENT_ID_REMOTE"``; ``"alias": "<alias>"``.
    """
    absent = [one for one in (lists, trusts, filters) if isinstance(one, Unavailable)]
    values = [
        *(() if isinstance(lists, Unavailable) else _of_remotes(lists)),
        *(() if isinstance(trusts, Unavailable) else _of_trust(trusts)),
        *(() if isinstance(filters, Unavailable) else _of_filters(filters)),
    ]
    for name, value, is_id in values:
        found = placeholder_in(value.text, is_id=is_id) if value.known else ""
        if found:
            yield Finding(
                summary=f"{name} is {shorten(value.text, 80)}; expected a value in place of {shorten(found, 60)}: the API takes it literally.",
                remedy="Put the value in. Between single quotes the shell puts nothing in.",
                origin=value.origin,
                facts={"field": name, "observed": shorten(value.text, 80)},
            )
    if lost := [one for one in absent if not one.not_configured]:
        yield missing(lost[0])
    elif not values:
        yield missing(absent[0]) if absent else NotApplicable("the documents hold no value")


_Values = Iterator[tuple[str, Written, bool]]


def _of_remotes(lists: RemoteLists) -> _Values:
    for one in (remote for found in lists.all for remote in found.remotes):
        for name, value in (
            ("deployment_id", one.deployment_id),
            ("elasticsearch_ref_id", one.ref_id),
            ("alias", one.alias),
            ("skip_unavailable", one.skip_unavailable),
        ):
            if value is not None:
                yield name, value, name.endswith("id")


def _of_trust(trusts: TrustPayloads) -> _Values:
    for payload in trusts.all:
        for one in payload.entities:
            if one.id is not None:
                yield one.id.key, one.id, True
            yield from (("trust_allowlist", value, True) for value in one.allowlist)
        for entry in payload.direct:
            for value in (entry.name, entry.type, entry.scope_id):
                if value is not None:
                    yield value.key, value, value is entry.scope_id
            yield from (("trust_allowlist", value, True) for value in entry.allowlist)
            yield from (("additional_node_names", value, True) for value in entry.node_names)


def _of_filters(filters: TrafficFilters) -> _Values:
    for rule in (rule for one in filters.all for rule in one.rules):
        for value in (rule.cluster_id, rule.organization_id, rule.source):
            if value is not None:
                yield value.key, value, True

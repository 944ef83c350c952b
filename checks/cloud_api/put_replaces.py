"""The check cloud-api/put-replaces."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.payloads import are_distinct, replacements, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, RemoteList, RemoteLists, RemoteResource, Severity, listed, shorten


@check(
    "cloud-api/put-replaces",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.INFO),
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="documentation: remote clusters in the same organization, the PUT replaces the existing configuration",
)
def put_replaces(lists: RemoteLists) -> Yields:
    """The remotes that are sent leave out remotes that the deployment has.

    Why it matters: the call replaces the whole list. A remote that the body does not repeat is removed, and searches and followers that use
    its alias fail.

    How to fix: read the list, add to it, and send all of it.

    Example: the answer of GET has ``logs`` and ``metrics``, the body brings ``audit`` alone.
    """
    pairs = replacements(lists.all)
    if not pairs:
        yield NotApplicable("it takes the answer of GET …/remote-clusters together with the body that is sent")
    for now, then in pairs:
        removed, changed = list(_removed(now, then)), list(_changed(now, then))
        if then.is_empty or not (removed or changed):
            continue
        what = "; ".join(
            [*([f"removes {listed(removed)}"] if removed else []), *([f"changes {listed(changed)}"] if changed else [])]
        )
        given, origin = are_distinct(now), then.origin
        yield Finding(
            summary=f"This list {what} of the remotes in {shorten(now.name, 100)}; expected each of them."
            if given
            else f"If {shorten(now.name, 100)} is what the deployment has now, this list {what}.",
            remedy="Send the full list: what GET …/remote-clusters answers, and the new ones.",
            severity=Severity.ERROR
            if given
            else Severity.WARNING
            if len(removed) < len(now.remotes)
            else Severity.INFO,
            origin=origin,
            facts={"removed": tuple(removed[:20]), "changed": tuple(changed[:20]), "file": shorten(now.name)},
        )


def _key(one: RemoteResource) -> tuple[str, str]:
    return text_of(one.deployment_id), text_of(one.ref_id)


def _removed(now: RemoteList, then: RemoteList) -> Iterator[str]:
    kept = {text_of(one.alias) for one in then.remotes}
    yield from (_name(one) for one in now.remotes if text_of(one.alias) not in kept)


def _changed(now: RemoteList, then: RemoteList) -> Iterator[str]:
    """Aliases that stay and lead to another deployment."""
    planned = {text_of(one.alias): _key(one) for one in then.remotes}
    yield from (_name(one) for one in now.remotes if planned.get(text_of(one.alias), _key(one)) != _key(one))


def _name(one: RemoteResource) -> str:
    return shorten(text_of(one.alias), 80) or f"the remote of deployment {shorten(text_of(one.deployment_id), 40)}"

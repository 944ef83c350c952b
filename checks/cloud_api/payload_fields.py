"""The check cloud-api/payload-fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import is_missing, text_of
from checks.shared.placeholders import placeholder_in
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Origin,
    PayloadForm,
    RemoteList,
    RemoteLists,
    RemoteResource,
    Severity,
    ValueForm,
    did_you_mean,
    shorten,
)

_API: Final = {"deployment_id": "deployment_id", "ref_id": "elasticsearch_ref_id", "alias": "alias"}
# The console and ECE take sessions and users too.
_SCHEMES: Final = frozenset({"apikey", "bearer", "basic"})
_KEYS: Final = (*_API.values(), "skip_unavailable")
# Spellings that difflib would not find, or would find another key for.
_MEANT: Final = {
    "ignore_unavailable": "skip_unavailable",
    "ref_id": "elasticsearch_ref_id",
    "name": "alias",
    "cluster_id": "deployment_id",
    "id": "deployment_id",
}


@check(
    "cloud-api/payload-fields",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="Elastic Cloud API: RemoteResources, RemoteResourceRef; terraform-provider-ec#238",
)
def payload_fields(lists: RemoteLists) -> Yields:
    """A remote in a body for the Cloud API lacks a field, has one of a wrong form, or one that there is not.

    Why it matters: ``deployment_id``, ``elasticsearch_ref_id`` and ``alias`` are required: without one the request is refused with 400. A
    field that the API does not know sets nothing: with ``ignore_unavailable`` a search fails where it was to skip the remote.

    How to fix: write the field as the API calls it; ``skip_unavailable`` is true or false without quotes; each alias stands once. With curl
    add ``-H 'Content-Type: application/json'`` and ``-H "Authorization: ApiKey $EC_API_KEY"``.

    Example: ``{"deployment_id": "…", "alias": "logs", "skip_unavailable": "yes"}``.
    """
    payloads = [one for one in lists.all if one.form in {PayloadForm.REQUEST, PayloadForm.ANSWER}]
    if not any(one.remotes or one.misshapen for one in payloads):
        yield NotApplicable("the documents hold no remote")
    for one in payloads:
        for shape in one.misshapen:
            yield _finding(f"{shape.key} is {shape.found}; expected {shape.expected}: refused with 400", shape.origin)
        yield from _headers(one)
        yield from _twice(one)
        for remote in one.remotes:
            yield from _remote(remote)


def _finding(summary: str, origin: Origin) -> Finding:
    return Finding(summary=f"{summary}.", remedy="Correct the body.", origin=origin)


def _headers(one: RemoteList) -> Iterator[Finding]:
    """Judge how the body is sent, where the call says it."""
    if one.headers is None:
        return
    given = dict(one.headers)
    form, login = given.get("content-type"), given.get("authorization")
    if form is None or ("json" not in form and not form.startswith("$")):
        sent = form or "a form, as curl sends a body without the header"
        yield _finding(f"Content-Type is {shorten(sent, 60)}; expected Content-Type: application/json", one.origin)
    if login is None:
        yield _finding("Authorization is missing; expected Authorization: ApiKey <key>: refused with 401", one.origin)
    elif login not in _SCHEMES and not login.startswith("$"):
        yield _finding(
            "Authorization begins with no scheme; expected Authorization: ApiKey <key>: refused with 401", one.origin
        )


def _twice(one: RemoteList) -> Iterator[Finding]:
    aliases = [remote.alias for remote in one.remotes if remote.alias is not None and remote.alias.known]
    often = Counter(alias.text for alias in aliases if alias.text)
    seen: set[str] = set()
    for alias in aliases:
        if often[alias.text] > 1 and alias.text in seen:
            yield _finding(f"The alias {shorten(alias.text, 80)} stands there twice; expected it once", alias.origin)
        seen.add(alias.text)


def _remote(one: RemoteResource) -> Iterator[Finding]:
    for field, name in _API.items():
        value = getattr(one, field)
        if is_missing(value):
            state = "missing" if value is None else "empty"
            yield _finding(f"{name} is {state}; it is required", one.origin if value is None else value.origin)
        elif value.known and value.form is not ValueForm.TEXT:
            yield _finding(f"{name} is {value.form} ({shorten(value.text, 40)}); expected a text", value.origin)
    skip = one.skip_unavailable
    if skip is not None and skip.known and skip.form is not ValueForm.BOOLEAN and not placeholder_in(text_of(skip)):
        yield _finding(
            f"skip_unavailable is {skip.form} ({shorten(skip.text, 40)}); expected true or false without quotes",
            skip.origin,
        )
    for extra in one.unknown_fields:
        meant = _MEANT.get(extra.key)
        hint = f"did you mean {meant}?" if meant else did_you_mean(extra.key, _KEYS)
        yield _finding(
            f"{shorten(extra.key, 80)} is no field of a remote{hint and f' ({hint})'}: it sets nothing",
            extra.origin,
        )

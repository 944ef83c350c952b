"""What checks of the bodies of Elastic Cloud share: how an entry is called, what is missing in it, which list stands for which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from checks.shared.placeholders import placeholder_in
from diag.model import (
    DirectTrust,
    EckClusters,
    PayloadForm,
    RemoteList,
    RemoteLists,
    TrustedCertificate,
    TrustedEntity,
    TrustPayload,
    TrustPayloads,
    Unavailable,
    Written,
    shorten,
)

HEX_ID: Final = re.compile(r"[0-9a-f]{32}")
ORGANIZATION: Final = re.compile(r"\d{6,12}|[0-9a-f]{32}")

T = TypeVar("T", TrustPayload, RemoteList)


def text_of(value: Written | None) -> str:
    """The text of a value, empty where it is missing."""
    return "" if value is None else value.text.strip()


def is_given(value: Written | None, *, is_id: bool = True) -> bool:
    """Whether a value says something that can be judged: no placeholder, and nothing that is only computed."""
    return value is not None and value.known and bool(text_of(value)) and not placeholder_in(value.text, is_id=is_id)


def is_missing(value: Written | None) -> bool:
    """Whether there is no value, or an empty one; one that is only computed is there."""
    return value is None or (value.known and not text_of(value))


def entry_name(one: DirectTrust | TrustedEntity) -> str:
    """What to call an entry of the trust settings."""
    if isinstance(one, DirectTrust):
        return f"direct trust {shorten(text_of(one.name), 80)}" if text_of(one.name) else "direct trust without a name"
    noun = "account" if one.group == "accounts" else "external trust"
    return f"{noun} {shorten(text_of(one.id), 80)}" if text_of(one.id) else f"{noun} without an id"


def replacements(lists: Iterable[T]) -> list[tuple[T, T]]:
    """Pairs of an answer of the API and a body that is to replace it: of the same deployment, as far as both name it.

    Where no document says that it is the answer, either of two bodies may be: both ways are given.
    """
    found = list(lists)
    current = [one for one in found if one.form is PayloadForm.ANSWER]
    planned = [one for one in found if one.form is PayloadForm.REQUEST]
    if current or not planned:
        return [(now, then) for now in current for then in planned if _may_be_of_one(now, then)]
    return [(now, then) for now in planned for then in planned if now.name != then.name]


def _may_be_of_one(now: T, then: T) -> bool:
    return not (now.deployment_id and then.deployment_id) or now.deployment_id == then.deployment_id


def are_distinct(now: T) -> bool:
    """Whether the first of a pair is known to be what is there already."""
    return now.form is PayloadForm.ANSWER


def aliases_of(found: RemoteLists | EckClusters | Unavailable) -> list[Written]:
    """Every alias that documents give to a remote."""
    if isinstance(found, Unavailable):
        return []
    return [remote.alias for one in found.all for remote in one.remotes if remote.alias is not None]


def certificates_in(payloads: TrustPayloads | Unavailable) -> Iterator[tuple[TrustedCertificate, str]]:
    """Every certificate that trust settings bring along, with what its entry is called."""
    for payload in () if isinstance(payloads, Unavailable) else payloads.all:
        for entry in payload.direct:
            yield from ((one, entry_name(entry)) for one in entry.certificates)

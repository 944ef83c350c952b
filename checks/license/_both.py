"""The licenses of both clusters, as these report them."""

from __future__ import annotations

from collections.abc import Iterator

from diag.check import NotApplicable, Unknown, Yields, missing
from diag.model import (
    License,
    Unavailable,
)


def sides(
    local_license: License | Unavailable, remote_license: License | Unavailable
) -> Iterator[tuple[str, License] | NotApplicable | Unknown]:
    """Each side whose license is known; of the others, why not."""
    for whose, license_ in (("local", local_license), ("remote", remote_license)):
        if not isinstance(license_, Unavailable):
            yield whose, license_
        else:
            yield missing(license_)


def unless_only_one(
    side: NotApplicable | Unknown,
    local_license: License | Unavailable,
    remote_license: License | Unavailable,
) -> Yields:
    """A side that nobody asked is no reason to skip while the other one is known."""
    if isinstance(side, Unknown) or (
        isinstance(local_license, Unavailable) and isinstance(remote_license, Unavailable)
    ):
        yield side

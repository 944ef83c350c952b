"""The licences of both clusters, by their own word."""

from __future__ import annotations

from collections.abc import Iterator

from diag.check import NotApplicable, Unknown, Yields
from diag.model import (
    License,
    LocalLicense,
    RemoteLicense,
    Unavailable,
)


def sides(
    local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable
) -> Iterator[tuple[str, License] | NotApplicable | Unknown]:
    """Each side whose licence is known; of the others, why not."""
    for whose, license_ in (("local", local), ("remote", remote)):
        if not isinstance(license_, Unavailable):
            yield whose, license_
        elif license_.reason == "not_asked":
            yield NotApplicable(str(license_))
        else:
            yield Unknown(str(license_))


def unless_only_one(
    side: NotApplicable | Unknown, local: LocalLicense | Unavailable, remote: RemoteLicense | Unavailable
) -> Yields:
    """A side that nobody asked is no reason to skip while the other one is known."""
    if isinstance(side, Unknown) or (isinstance(local, Unavailable) and isinstance(remote, Unavailable)):
        yield side

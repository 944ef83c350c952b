"""Tasks of the local cluster that go on with the privileges of yesterday."""

from __future__ import annotations

from typing import Final

from diag.model import Remote, Transform, Transforms, matches

_SECURITY: Final = (
    "security_exception",
    "securityexception",
    "unauthorized",
    "unable to authenticate",
    "no remote indices privileges",
)


def reading_from(remote: Remote, transforms: Transforms) -> list[Transform]:
    """The transforms that read from this remote, by its alias or by a pattern."""
    return [one for one in transforms.all if any(matches(pattern, remote.alias) for pattern in one.remotes)]


def is_of_security(text: str) -> bool:
    """Tell an error that is about a privilege or a login."""
    return any(word in text.lower() for word in _SECURITY)

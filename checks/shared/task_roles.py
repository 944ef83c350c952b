"""Tasks of the local cluster that go on with the privileges of yesterday."""

from __future__ import annotations

from diag.model import Remote, Transform, Transforms, matches


def reading_from(remote: Remote, transforms: Transforms) -> list[Transform]:
    """The transforms that read from this remote, by its alias or by a pattern."""
    return [one for one in transforms.all if any(matches(pattern, remote.alias) for pattern in one.remotes)]

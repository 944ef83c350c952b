"""The check auth/stale-task-credentials."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import call, on_local
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.shared.task_roles import reading_from
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import ErrorKind, Finding, Remote, Severity, Transform, Transforms, in_path, shorten

_FAILED: Final = "failed"


@check(
    "auth/stale-task-credentials",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.MIGRATE_TO_API_KEY, docs.TROUBLESHOOT_REMOTE_INDICES),
    tags=("privileges", "transforms"),
    source="documentation: migrate from certificates to API keys; transforms run with the privileges of who made or updated them. Followers, "
    "tried on 6.8.23, go on by themselves",
)
def stale_task_credentials(transforms: Transforms, remote: Remote) -> Yields:
    """A transform that reads from this remote has failed because a privilege is missing.

    Why it matters: a transform keeps the privileges that its maker had then. Privileges that were given since, as after the change from
    certificates to API keys, do not reach it, and a failed one does not start again by itself.

    How to fix: with a login that has the privileges now, update the transform, stop it with force, and start it again.

    Example: ``state: failed`` since the remote moved to the API key model, with ``no remote indices privileges apply``.
    """
    reading = reading_from(remote, transforms)
    if not reading:
        yield NotApplicable("no transform reads from this remote")
    for one in reading:
        if not one.state:
            yield Unknown(f"the state of the transform {shorten(one.id, 80)} is not known")
        elif one.state == _FAILED and not one.reason:
            yield Unknown(f"the transform {shorten(one.id, 80)} has failed, and its reason is not known")
        elif one.state == _FAILED and ErrorKind.SECURITY.fits(one.reason):
            yield _failed(one)


def _failed(one: Transform) -> Finding:
    name, path = shorten(one.id, 80), f"_transform/{in_path(one.id)}"
    return Finding(
        summary=f"The transform {name} reads from this remote and has failed because a privilege is missing: {shorten(one.reason, MAX_ERROR_LENGTH)}",
        remedy="Update, stop and start the transform, with a login that has the privileges now.",
        fix=on_local(
            call("POST", f"{path}/_update", {}),
            call("POST", f"{path}/_stop?force=true"),
            call("POST", f"{path}/_start"),
        ),
        facts={
            "transform": one.id,
            "observed": shorten(one.reason, MAX_ERROR_LENGTH),
            "expected": "started or indexing",
        },
    )

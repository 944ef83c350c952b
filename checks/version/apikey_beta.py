"""The check version/apikey-beta."""

from __future__ import annotations

from enum import Enum, auto

from checks.shared.release_range import RELEASED, judgements, known, not_known, unknown_release
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    API_KEY_GA,
    Finding,
    LocalVersion,
    RemoteVersion,
    SecurityModel,
    Severity,
    Unavailable,
    Version,
)


@check(
    "version/apikey-beta",
    severity=Severity.WARNING,
    applies=Applies(models=(SecurityModel.API_KEY,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.API_KEY_PREREQUISITES, docs.MIGRATE_TO_API_KEY),
    tags=("api-key",),
    source=f"{API_KEY_GA.source}; {API_KEY_EXISTS.source}",
)
def apikey_beta(local_version: LocalVersion | Unavailable, remote_version: RemoteVersion | Unavailable) -> Yields:
    """A cluster has the API key security model as a beta.

    Why it matters: from 8.10 to 8.13 the model was a beta: outside of the support for released features, and changed on the way.

    How to fix: upgrade the cluster that is named to 8.14 or later.

    Example: a remote cluster at 8.13.4.
    """
    for side, release in known(local_version, remote_version):
        states = judgements(release, _state)
        if states == {_State.BETA}:
            yield Finding(
                summary=f"The {side} cluster runs {release}, where the API key model is a beta; expected {API_KEY_GA.since} or later.",
                remedy=f"Upgrade the {side} cluster to {API_KEY_GA.since} or later.",
                facts={"side": side, "observed": str(release), "expected": str(API_KEY_GA.since)},
            )
        elif states == {_State.NONE}:
            yield NotApplicable(f"{release} does not have the model at all, see version/apikey-min")
        elif states != {_State.RELEASED}:
            yield Unknown(unknown_release(release, "whether the API key model is a beta there"))
    yield from not_known(local_version, remote_version)


class _State(Enum):
    """What a release makes of the API key model."""

    NONE = auto()
    BETA = auto()
    RELEASED = auto()


def _state(number: Version) -> _State:
    if number < API_KEY_EXISTS.since:
        return _State.NONE
    return _State.BETA if number < API_KEY_GA.since else _State.RELEASED

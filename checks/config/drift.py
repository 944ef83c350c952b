"""The check config/drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.config._registered import as_setting, declared_settings
from checks.shared.fixes import on_local, put_settings
from checks.shared.node_settings import seconds_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    REMOTE_SETTINGS,
    Finding,
    Origins,
    Registration,
    Remote,
    RemoteInfo,
    Severity,
    Unavailable,
    mask_userinfo,
    shorten,
)

_DEFAULTS: Final = {one.key: one.default for one in REMOTE_SETTINGS}
_LETTER_BY_LETTER: Final = {one.key for one in REMOTE_SETTINGS if one.address or one.key == "server_name"}


@check(
    "config/drift",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.API_GET_SETTINGS, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "reported"),
    source="documentation: cluster settings API",
)
def drift(
    remote: Remote, registration: Registration, info: RemoteInfo | Unavailable, origins: Origins | Unavailable
) -> Yields:
    """What is declared for diag and what the local cluster has registered are not the same.

    Why it matters: the checks look at what is declared; the cluster connects by what it has.

    How to fix: bring the cluster to what is declared, or the declaration to what is right.

    Example: ``proxy_address`` was changed in Kibana, and diag.yaml still has the old one.
    """
    if isinstance(origins, Origins):
        yield NotApplicable(
            "each document is judged as it stands: two of them need not be about one moment, or one cluster"
        )
        return
    if not registration.exists:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
        return
    for name, declared, has in _differences(remote, registration, info):
        yield Finding(
            summary=f"{name} is declared as {_shown(declared)}, and the cluster has {_shown(has) or 'none'}.",
            remedy="Correct diag.yaml, or the setting of the cluster.",
            fix=on_local(
                put_settings({remote.setting(name): as_setting(name, declared)}), when="if diag.yaml is right"
            ),
            facts={"setting": name, "observed": _shown(has), "expected": _shown(declared)},
        )


def _differences(
    remote: Remote, registration: Registration, info: RemoteInfo | Unavailable
) -> Iterator[tuple[str, str, str]]:
    for name, declared in declared_settings(remote).items():
        has = registration.value(name)
        if (
            name == "skip_unavailable"
            and not has
            and isinstance(info, RemoteInfo)
            and info.skip_unavailable is not None
        ):
            has = str(info.skip_unavailable).lower()  # Its default changed with 8.15; this is the value in force.
        if name in {"mode", "skip_unavailable"} and not has:
            continue  # Left out, it is the default of the release, which other checks know.
        if "***" not in declared and _parts(name, declared) != _parts(name, has or _DEFAULTS[name]):
            yield name, declared, has


def _parts(name: str, value: str) -> list[str]:
    """What a value comes to: a list has no order and may be written with blanks, a time may have another unit, words any case."""
    if name == "seeds":
        return sorted(part.strip() for part in value.split(","))
    if name.endswith("_schedule") and (seconds := seconds_of(value)) is not None:
        return [f"{seconds:g}s"]
    return [value.strip() if name in _LETTER_BY_LETTER else value.strip().lower()]


def _shown(value: str) -> str:
    """A value for a sentence: short, and without a password that somebody wrote into an address."""
    return shorten(",".join(shorten(mask_userinfo(part)) for part in value.split(",")), 120)

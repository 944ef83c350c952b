"""The check config/compression-scheme."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, put_settings
from checks.shared.options import COMPRESS, SCHEME, in_force
from checks.tables import docs
from checks.tables.versions import LZ4_BY_DEFAULT
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    COMPRESSION_SCHEME,
    Finding,
    LocalVersion,
    Registration,
    Remote,
    RemoteVersion,
    Severity,
    Unavailable,
    shorten,
)

_SCHEMES: Final = ("lz4", "deflate")
_SWITCHES: Final = ("true", "false", "indexing_data")


@check(
    "config/compression-scheme",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=Applies.settings(),
    docs=(docs.NETWORK_COMPRESSION, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings",),
    source=f"{COMPRESSION_SCHEME.source}; elasticsearch#74587, elasticsearch#76372, elasticsearch#108458",
)
def compression_scheme(
    remote: Remote,
    registration: Registration | Unavailable,
    local_version: LocalVersion | Unavailable,
    remote_version: RemoteVersion | Unavailable,
) -> Yields:
    """Requests to the remote are not compressed in the way that is set.

    Why it matters: no value breaks the connection, each side answers in the scheme that it got. But a word that Elasticsearch does not know
    is refused, a release before 7.14 knows no lz4, so that messages go out uncompressed, and up to 7.x compression without a scheme
    means deflate.

    How to fix: set ``transport.compress`` and ``transport.compression_scheme`` together, to words that both sides know.

    Example: ``transport.compression_scheme: gzip``.
    """
    switch, scheme = (in_force(remote, registration, key).strip().lower() for key in (COMPRESS, SCHEME))
    if not (switch or scheme):
        yield NotApplicable("neither transport.compress nor transport.compression_scheme is set for this remote")
        return
    unknown: list[tuple[str, str, tuple[str, ...]]] = (
        [(COMPRESS, switch, _SWITCHES)] if switch and switch not in _SWITCHES else []
    )
    unknown += [(SCHEME, scheme, _SCHEMES)] if scheme and scheme not in _SCHEMES else []
    for key, value, known in unknown:
        expected = f"{', '.join(known[:-1])} or {known[-1]}"
        yield Finding(
            summary=f"{key} is {shorten(value, 60)!r}; expected {expected}.",
            remedy="Set a word that Elasticsearch knows.",
            fix=on_local(put_settings({remote.setting(key): known[0]})),
            facts={"setting": remote.setting(key), "observed": shorten(value, 60), "expected": known},
        )
    if not unknown:
        yield from _by_release(remote, switch, scheme, {"local": local_version, "remote": remote_version})


def _by_release(
    remote: Remote, switch: str, scheme: str, sides: dict[str, LocalVersion | RemoteVersion | Unavailable]
) -> Yields:
    gate = COMPRESSION_SCHEME.since
    for name, side in sides.items():
        if isinstance(side, Unavailable):
            if scheme == "lz4" or switch == "indexing_data":
                yield Unknown(
                    f"whether the {name} cluster knows {scheme or switch} hangs on its release: {side}", piece=side
                )
        elif side.number < gate and (scheme == "lz4" or (name == "local" and switch == "indexing_data")):
            word = scheme if scheme == "lz4" else switch
            yield Finding(
                summary=f"The {name} cluster runs {side}, which does not know {word}: requests go uncompressed or the setting is refused; "
                f"{gate} or later does.",
                remedy=f"Upgrade the {name} cluster, or set words that it knows.",
                fix=on_local(
                    put_settings({remote.setting(COMPRESS): "true", remote.setting(SCHEME): None}),
                    when="until it is upgraded",
                ),
                severity=Severity.INFO,
                facts={"side": name, "observed": str(side), "expected": str(gate)},
            )
        elif name == "local" and switch == "true" and not scheme and gate <= side.number < LZ4_BY_DEFAULT.since:
            yield Finding(
                summary=f"transport.compress is true without a scheme; on {side} that means deflate, later releases take lz4.",
                remedy="Say which.",
                fix=on_local(put_settings({remote.setting(SCHEME): "lz4"})),
                severity=Severity.INFO,
                facts={"setting": remote.setting(SCHEME), "observed": "not set", "expected": _SCHEMES},
            )

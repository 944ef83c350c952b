"""The check config/mode-missing-for-proxy."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.config._server_name import usable_host
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Setting, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    PROXY_MODE,
    REMOTE_SETTINGS,
    SERVER_NAME,
    Finding,
    Kind,
    LocalVersion,
    Mode,
    Remote,
    Request,
    Severity,
    Unavailable,
    shorten,
)

_SINGLE = frozenset({"proxy_address", "server_name", "proxy"})
_BEHIND_PROXY = (Kind.HOSTED, Kind.ECE)


@check(
    "config/mode-missing-for-proxy",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.CONNECTION_MODES),
    tags=("mode",),
    source="Elasticsearch RemoteConnectionStrategy, ProxyConnectionStrategy, SniffConnectionStrategy: validators of the settings",
    explains=NO_CONNECTION,
)
def mode_missing_for_proxy(remote: Remote, local_version: LocalVersion | Unavailable) -> Yields:
    """The settings of the remote belong to another connection mode than the one it has.

    Why it matters: a remote without ``mode`` is in sniff mode, which knows ``seeds`` and ``proxy`` and no ``proxy_address``.
    Elasticsearch refuses a mixture, with ``cannot be used with the configured mode``, and the remote does not come into being.

    How to fix: set ``mode`` to the one whose settings are there, and take the settings of the other one away in the same request.

    Example: ``proxy_address: logs.example:9443`` without ``mode: proxy``.
    """
    if isinstance(local_version, LocalVersion) and local_version.number < PROXY_MODE.since:
        yield NotApplicable(f"local release {local_version.number} has no connection modes")
        return
    proxy_side, sniff_side = _of_mode(remote, Mode.PROXY), _of_mode(remote, Mode.SNIFF)
    if remote.mode and remote.mode.lower() not in set(Mode):
        yield Finding(
            summary=f"mode is {shorten(remote.mode)!r}; expected sniff or proxy.",
            remedy="Choose a mode, and keep the settings of that one.",
            fix=on_local(_choose_mode(remote, local_version, Mode.PROXY if remote.proxy_address else Mode.SNIFF)),
            facts={"setting": remote.setting("mode"), "observed": shorten(remote.mode), "expected": ("sniff", "proxy")},
        )
    elif not (proxy_side or sniff_side):
        yield NotApplicable("neither proxy_address nor seeds is set")
    elif remote.effective_mode is Mode.SNIFF and proxy_side:
        keep_seeds = remote.seeds and (remote.mode or not remote.proxy_address)
        yield _wrong_mode(
            remote, proxy_side, _choose_mode(remote, local_version, Mode.SNIFF if keep_seeds else Mode.PROXY)
        )
    elif remote.effective_mode is Mode.PROXY and sniff_side:
        keep_seeds = not remote.proxy_address and remote.kind not in _BEHIND_PROXY
        yield _wrong_mode(
            remote, sniff_side, _choose_mode(remote, local_version, Mode.SNIFF if keep_seeds else Mode.PROXY)
        )


def _of_mode(remote: Remote, mode: Mode) -> list[str]:
    """The settings that are there and belong to a mode."""
    return [one.key for one in REMOTE_SETTINGS if one.mode is mode and getattr(remote, one.field)]


def _wrong_mode(remote: Remote, unused: list[str], change: Request) -> Finding:
    verb, belongs = ("is", "belongs") if len(unused) == 1 and unused[0] in _SINGLE else ("are", "belong")
    mode = f"mode is {remote.effective_mode}" if remote.mode else "no mode is set, which means sniff"
    other = Mode.PROXY if remote.effective_mode is Mode.SNIFF else Mode.SNIFF
    unless = f" It is refused unless the alias has mode {other} already." if remote.mode_guessed else ""
    return Finding(
        summary=f"{' and '.join(unused)} {verb} set and {belongs} to mode {other}, but {mode}; expected the settings of one mode only.{unless}",
        remedy="Keep the settings of one mode.",
        severity=Severity.WARNING if remote.mode_guessed else None,
        fix=on_local(change),
        facts={
            "setting": remote.setting(unused[0]),
            "observed": str(remote.effective_mode),
            "expected": str(other),
            "settings_of_the_other_mode": tuple(unused),
        },
    )


def _choose_mode(remote: Remote, local_version: LocalVersion | Unavailable, mode: Mode) -> Request:
    """The call that puts the remote into one mode and takes away what belongs to the other one."""
    values: dict[str, Setting] = {"mode": mode.value}
    if mode is Mode.PROXY and not remote.proxy_address:
        values["proxy_address"] = fixed(remote).proxy or "<host:port>"
    knows_names = isinstance(local_version, Unavailable) or local_version.number >= SERVER_NAME.since
    if mode is Mode.PROXY and remote.kind in _BEHIND_PROXY and knows_names and not remote.server_name:
        values["server_name"] = usable_host(remote) or "<endpoint name of the remote deployment>"
    values |= dict.fromkeys(_of_mode(remote, Mode.SNIFF if mode is Mode.PROXY else Mode.PROXY))
    return put_settings({remote.setting(name): value for name, value in values.items()})

"""The check config/leftover-settings."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.documents import has_address, refusal, refused_as, remotes_in
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    REMOTE_SETTINGS,
    Finding,
    Mode,
    Registration,
    Remote,
    Setting,
    SettingsForm,
    SettingsText,
    SettingsTexts,
    Severity,
    as_fact,
    listed,
    shorten,
)

# What Elasticsearch refuses for a remote without an address, by itself or because mode sniff holds without one.
_NEEDS_ADDRESS: Final = frozenset(
    {"proxy", *(one.key for one in REMOTE_SETTINGS if one.mode is None and not one.reaches)}
)
_NEEDS_MODE: Final = frozenset({"server_name", "proxy_socket_connections"})
# What is taken without an address, and makes no remote (8.19.0: the alias is not in _remote/info).
_TAKEN_ALONE: Final = _NEEDS_MODE | {"mode"}


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the settings of a remote that has no address in any document of its cluster."""
    remotes = [(text, alias, found) for text in texts.all for alias, found in remotes_in(text).items()]
    if not remotes:
        yield NotApplicable("no document registers a remote")
    addressed = {alias for _, alias, found in remotes if has_address(found)}
    for text, alias, found in remotes:
        # A node reads its file alone; a request changes what the cluster has.
        if has_address(found) or text.form is SettingsForm.ANSWER:
            continue
        if text.form is SettingsForm.REQUEST and alias in addressed:
            continue
        mode = found.get("mode")
        by_proxy = mode is not None and mode.text.lower() == Mode.PROXY
        needing = [key for key in found if key in _NEEDS_ADDRESS or (key in _NEEDS_MODE and not by_proxy)]
        if needing:
            yield _alone(text, found[needing[0]], alias, needing)
        elif found.keys() <= _TAKEN_ALONE:
            yield _unheeded(next(iter(found.values())), alias, tuple(found))


def _unheeded(first: Setting, alias: str, keys: tuple[str, ...]) -> Finding:
    return Finding(
        summary=f"{shorten(alias)} has {listed(keys)} and neither seeds nor proxy_address: Elasticsearch takes it, and has no such remote.",
        remedy="Set its address as well, or take it away.",
        severity=Severity.WARNING,
        origin=first.key_origin,
        facts={"setting": first.key, "observed": as_fact(keys), "expected": "seeds or proxy_address"},
    )


def _alone(text: SettingsText, first: Setting, alias: str, keys: list[str]) -> Finding:
    unless = "" if text.form is SettingsForm.FILE else ", unless the cluster has an address of this alias already"
    return Finding(
        summary=f"{shorten(alias)} has {listed(keys)} and neither seeds nor proxy_address: {refusal(text.form)}{unless}.",
        remedy="Set its address as well, or take it away.",
        severity=refused_as(text.form),
        origin=first.key_origin,
        facts={"setting": first.key, "observed": as_fact(keys), "expected": "seeds or proxy_address"},
    )


@check(
    "config/leftover-settings",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.CRITICAL),
    in_documents=_in_documents,
    once_in_documents=True,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.API_PUT_SETTINGS),
    tags=("settings",),
    source="RemoteClusterSettings: a remote without seeds and proxy_address is not enabled; observed on 7.17 to 9.2",
    explains=NO_CONNECTION,
)
def leftover_settings(remote: Remote, registration: Registration) -> Yields:
    """Settings of the remote are there, and none that enables it.

    Why it matters: without ``seeds`` or ``proxy_address`` Elasticsearch takes no notice of the rest, and up to 8.x refuses changes of it.

    How to fix: set the address, or take all settings of the alias away in one request.

    Example: the address was set to null, and ``skip_unavailable`` stayed.
    """
    if not registration.exists:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
    elif not registration.enabled:
        names = tuple(name for name, _ in registration.values)
        yield Finding(
            summary=f"The alias has {listed(names)} and neither seeds nor proxy_address: "
            "Elasticsearch does not use it.",
            remedy="Set its address, or take it away.",
            fix=on_local(put_settings(dict.fromkeys(map(remote.setting, names))), when="to take it away"),
            severity=Severity.ERROR if remote.addresses else Severity.WARNING,
            facts={"observed": as_fact(names), "expected": "seeds or proxy_address"},
        )

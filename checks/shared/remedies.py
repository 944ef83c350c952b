"""How findings word what to do: a call with its settings, a keystore entry, text of a bounded length."""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from collections.abc import Mapping

from diag.model import Kind, LocalCluster, Remote, mask_userinfo, shorten

Setting = str | bool | None | list[str]


_MAX_LENGTH = 200


_MAX_ITEMS = 20


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


_SETTINGS_KEY = re.compile(r"[-A-Za-z0-9_]+")


def put_settings(settings: Mapping[str, Setting]) -> str:
    """Word the call that changes persistent settings; None removes a setting."""
    body = json.dumps({"persistent": {shorten(key): _bounded(value) for key, value in settings.items()}})
    return f"PUT _cluster/settings {body}"


def recreate(remote: Remote, alias: str) -> str:
    """Word the call that registers a remote again under another alias, and takes the old one away where it can exist."""
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in remote.settings.items()}
    settings: dict[str, Setting] = {f"cluster.remote.{alias}.{name}": value for name, value in kept.items()}
    if is_settings_key(remote.alias):
        settings |= {remote.setting(name): None for name in kept}
    return put_settings(settings)


def store_key(cluster: LocalCluster, alias: str) -> str:
    """Say how the key of a remote is stored on the local cluster, by who runs that cluster."""
    entry = f"cluster.remote.{shorten(alias)}.credentials"
    match cluster.kind:
        case Kind.HOSTED | Kind.ECE:
            return (
                f"On the Security page of the local deployment, under remote connections, add an API key with the "
                f"setting name {shorten(alias)} (it becomes {entry}) and the encoded key as secret."
            )
        case Kind.ECK:
            return f"Put the encoded key under {entry} in a secret that spec.secureSettings of the local cluster names."
        case _:
            return (
                f"On each node of the local cluster: bin/elasticsearch-keystore add {shlex.quote(entry)}; "
                "then POST _nodes/reload_secure_settings."
            )


def suggest_alias(alias: str) -> str:
    """The alias that is valid everywhere and looks most like ``alias``."""
    plain = unicodedata.normalize("NFKD", alias[:_MAX_LENGTH]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:60] or "remote"


def is_settings_key(alias: str) -> bool:
    """Tell whether Elasticsearch accepts ``cluster.remote.<alias>.*`` as names of settings."""
    return _SETTINGS_KEY.fullmatch(alias) is not None


def _bounded(value: Setting) -> Setting:
    match value:
        case str():
            return shorten(mask_userinfo(value))
        case list():
            shown = [shorten(mask_userinfo(item)) for item in value[:_MAX_ITEMS]]
            return shown if len(value) <= _MAX_ITEMS else [*shown, "…"]
        case _:
            return value

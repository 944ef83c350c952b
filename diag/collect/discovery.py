"""Which remotes a local cluster has, and which of them use a key, as the cluster reports them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.config import RemoteConfig
from diag.model import REMOTE_SETTINGS, Reason, Registration, Registrations, RemoteInfo, Step, Unavailable, Version

_MAX_ADDRESSES: Final = 20_000


def remotes_of(found: Registrations | Unavailable) -> tuple[RemoteConfig, ...] | Unavailable:
    """Give the registered remotes as the configuration would declare them."""
    if isinstance(found, Unavailable):
        return found
    remotes = tuple(_remote(one) for one in found.all if one.exists)
    if sum(1 + len(remote.seeds) for remote in remotes) > _MAX_ADDRESSES:
        detail = f"the settings hold more than {_MAX_ADDRESSES} addresses of remotes, too many to look at"
        return Unavailable(step=Step.API, reason=Reason.NOT_USABLE, detail=detail)
    return remotes


def credentials_of(
    infos: Mapping[str, RemoteInfo] | Unavailable, number: Version | Unavailable
) -> Mapping[str, bool] | Unavailable:
    """Return which remotes use a key; a remote for which that is not known is left out."""
    if isinstance(infos, Unavailable):
        return infos
    # Before the release that shows them there are no keys, so nothing is left to tell either.
    is_known = isinstance(number, Version)
    return {alias: bool(one.has_credential) for alias, one in infos.items() if is_known or one.has_credential}


def _remote(one: Registration) -> RemoteConfig:
    texts = {setting.key: one.value(setting.key) for setting in REMOTE_SETTINGS}
    skip = {"true": True, "false": False}.get(texts["skip_unavailable"].lower())
    seeds = tuple(part.strip() for part in texts["seeds"].split(",") if part.strip())
    return RemoteConfig.model_validate({**texts, "alias": one.alias, "seeds": seeds, "skip_unavailable": skip})

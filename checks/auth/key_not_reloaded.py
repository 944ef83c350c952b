"""The check auth/key-not-reloaded."""

from __future__ import annotations

from typing import Final

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import call, on_local
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    KEYSTORE_RELOAD_AGREED,
    RELOAD,
    Finding,
    Keystore,
    LocalVersion,
    Remote,
    RemoteInfo,
    Severity,
    Unavailable,
    shorten,
)

_PASSWORD: Final = {"secure_settings_password": "<password of the keystore>"}


@check(
    "auth/key-not-reloaded",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.API_RELOAD_SECURE_SETTINGS, docs.RELOADABLE_SECURE_SETTINGS),
    tags=("api-key", "keystore"),
    source=f"documentation: reloadable secure settings; remote cluster info API; {KEYSTORE_RELOAD_AGREED.source}",
    explains=("config/model-ambiguous", *REQUESTS_REFUSED),
)
def key_not_reloaded(
    remote: Remote, keystore: Keystore | Unavailable, info: RemoteInfo, local_version: LocalVersion | Unavailable
) -> Yields:
    """The keystore has an entry for this remote, and the running cluster uses no key at all.

    Why it matters: until the secure settings are reloaded the local cluster goes on without a key, which means with certificates, and the
    remote cluster server refuses it. That a key is in use does not say that it is the one in the keystore: one that was replaced there and
    not reloaded is not seen here.

    How to fix: ``POST _nodes/reload_secure_settings``, with the password of the keystore where it has one. It changes something, so diag
    never sends it.

    Example: ``elasticsearch-keystore list`` shows the entry, and ``GET _remote/info`` shows no ``cluster_credentials``.
    """
    entry = shorten(remote.setting("credentials"))
    if isinstance(keystore, Unavailable):
        yield missing(keystore)
    elif not keystore.has_key(remote.alias):
        yield NotApplicable("the keystore has no entry for this remote; auth/key-missing is about that")
    elif isinstance(local_version, Unavailable):
        yield Unknown(str(local_version), piece=local_version)
    elif local_version.number < KEYSTORE_RELOAD_AGREED.since:
        yield NotApplicable(f"the local cluster runs {local_version}; version/keystore-restart-needed is about that")
    elif not info.listed:
        yield NotApplicable("the local cluster does not name this alias; config/not-added is about that")
    elif info.has_credential is None:
        yield Unknown("GET _remote/info does not show whether a key is in use")
    elif not info.has_credential:
        yield Finding(
            summary=f"{entry} is in the keystore, and the node that was asked does not use it: GET _remote/info shows no cluster_credentials.",
            remedy="Reload the secure settings. If that changes nothing, the keystore of this node lacks the entry.",
            fix=(
                *on_local(RELOAD, when="if the keystore has no password"),
                *on_local(call("POST", RELOAD.path, _PASSWORD), when="if the keystore has one"),
            ),
            facts={
                "keystore_entry": entry,
                "observed": "not in use",
                "expected": "cluster_credentials in GET _remote/info",
            },
        )

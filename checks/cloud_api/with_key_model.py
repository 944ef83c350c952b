"""The check cloud-api/with-key-model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import Finding, KeystoreLists, RemoteLists, SettingsTexts, Severity, Unavailable, shorten

_ENTRY: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.credentials")
_KEY_PORT: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.(?:proxy_address|seeds)")


@check(
    "cloud-api/with-key-model",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.HOSTED_TO_SELF_MANAGED),
    tags=("documents", "cloud", "api-key"),
    source="documentation: remote clusters, the RESTful API applies to TLS certificates and the same organization only",
)
def with_key_model(
    lists: RemoteLists, keystores: KeystoreLists | Unavailable, settings: SettingsTexts | Unavailable
) -> Yields:
    """A remote of the API key model is registered by the API of Elastic Cloud.

    Why it matters: what that call registers uses certificates. The key in the keystore belongs to the same alias, so that the connection is
    made in another way than somebody thinks, or not at all.

    How to fix: register the remote by Kibana or by ``PUT _cluster/settings``, with port 9443, and take it out of this list.

    Example: the keystore has ``cluster.remote.logs.credentials``, and the body of PUT …/remote-clusters the alias ``logs``.
    """
    lost = [one for one in (keystores, settings) if isinstance(one, Unavailable)]
    if len(lost) > 1:
        yield missing(next((one for one in lost if not one.not_configured), lost[0]))
        return
    names = [] if isinstance(keystores, Unavailable) else [one.name for one in keystores.all]
    with_key = {found["alias"]: "its key is in the keystore" for found in map(_ENTRY.fullmatch, names) if found}
    if not isinstance(settings, Unavailable):
        with_key |= dict.fromkeys(_key_ports(settings), "its address has port 9443")
    if not with_key:
        yield NotApplicable("no document tells of a remote of the API key model")
    # What a platform shows lists remotes of the organization however they were registered.
    shown = [found for found in lists.all if found.origin.line]
    for one in (remote for found in shown for remote in found.remotes):
        why = with_key.get(text_of(one.alias))
        if why and one.alias is not None:
            yield Finding(
                summary=f"The remote {shorten(one.alias.text, 80)} has a key ({why}); expected it in the settings: this call registers remotes with certificates only.",
                remedy="Register it by Kibana or by PUT _cluster/settings, and take it out here.",
                origin=one.alias.origin,
                facts={"alias": shorten(one.alias.text, 80), "because": why},
            )


def _key_ports(settings: SettingsTexts) -> Iterable[str]:
    for setting in (one for text in settings.all for one in text.all):
        found = _KEY_PORT.fullmatch(setting.key)
        if found and any(part.strip().endswith(":9443") for part in setting.parts):
            yield found["alias"]

"""The check config/signing-incomplete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.documents import remotes_in
from checks.shared.signing import signing_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    SIGNING,
    ErrorKind,
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    ResolvedCluster,
    Setting,
    SettingsTexts,
    Severity,
    Unavailable,
    shorten,
)

_HALVES: Final = {"certificate": "key", "key": "certificate", "keystore.alias": "keystore.path"}


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the signing settings of each remote where they are written."""
    signed = [(alias, found) for text in texts.all for alias, found in remotes_in(text).items() if _signing(found)]
    if not signed:
        yield NotApplicable("no document has signing settings")
    for alias, found in signed:
        for one, other in _HALVES.items():
            if f"{SIGNING}{one}" in found and f"{SIGNING}{other}" not in found:
                lacking = f"cluster.remote.{alias}.{SIGNING}{other}"
                yield Finding(
                    summary=f"{shorten(found[f'{SIGNING}{one}'].key)} is set, and {shorten(lacking)} is not: nothing is signed with one half; expected both or neither.",
                    remedy=f"Set {shorten(lacking)} as well, or take the other one away.",
                    origin=found[f"{SIGNING}{one}"].key_origin,
                    facts={"setting": found[f"{SIGNING}{one}"].key, "expected": lacking},
                )


def _signing(settings: Mapping[str, Setting]) -> bool:
    return any(key.startswith(SIGNING) for key in settings)


@check(
    "config/signing-incomplete",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "strong-identity"),
    source="documentation: remote cluster settings, request signing and strong identity verification",
    explains=("auth/signature-missing", "auth/key-invalid", *REQUESTS_REFUSED),
)
def signing_incomplete(
    remote: Remote,
    registration: Registration | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    resolved: ResolvedCluster | Unavailable,
) -> Yields:
    """Part of what signed requests need is not set.

    Why it matters: the local cluster signs with a certificate and its key, and the remote cluster verifies with CAs of its own. With one
    half of the pair the setting is refused, or the node does not start; without the CAs the remote cluster refuses each signed request,
    also where its key asks for no signature.

    How to fix: set ``cluster.remote.<alias>.signing.certificate`` and ``.key`` on the local cluster, and
    ``cluster.remote.signing.certificate_authorities`` on the remote one.

    Example: ``signing.certificate`` is set for the alias, and ``signing.key`` was forgotten.
    """
    settings = signing_settings(remote.alias, registration, local_nodes)
    error = resolved.error if isinstance(resolved, ResolvedCluster) else ""
    nothing_trusted = ErrorKind.SIGNATURES_NOT_CONFIGURED.fits(error)
    if nothing_trusted:
        yield Finding(
            summary="The local cluster signs its requests, and the remote cluster has no CA to verify signatures by: it refuses them.",
            remedy="On the remote cluster set cluster.remote.signing.certificate_authorities to the CA of the certificate under "
            f"{remote.setting('signing.certificate')}; the setting is dynamic. Or take the signing settings off the local cluster, if no key asks for a signature.",
            facts={
                "observed": "no cluster.remote.signing.* on the remote cluster",
                "expected": "its CAs for signatures",
            },
        )
    for one, other in _HALVES.items():
        if settings.get(one) and not settings.get(other):
            have, lack = remote.setting(f"signing.{one}"), remote.setting(f"signing.{other}")
            yield Finding(
                summary=f"{have} is set, and {lack} is not; expected both or neither.",
                remedy=f"Set {lack} as well, on every node of the local cluster; or take {have} away.",
                facts={"observed": have, "expected": lack},
            )
    if not settings and not nothing_trusted:
        yield NotApplicable("no signing settings of this alias are known: Elasticsearch shows them to nobody")

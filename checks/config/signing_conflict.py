"""The check config/signing-conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.signing import signing_passwords, signing_settings, verifying_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Keystore,
    Nodes,
    OfLocal,
    OfRemote,
    Registration,
    Registrations,
    Remote,
    Severity,
    Unavailable,
)


@check(
    "config/signing-conflict",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "strong-identity"),
    source="documentation: remote cluster settings: key and keystore.path, certificate_authorities and truststore.path exclude each other",
    explains=("config/signing-incomplete", "auth/signature-missing", *REQUESTS_REFUSED),
)
def signing_conflict(
    remote: Remote,
    registration: Registration | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    keystore: Keystore | Unavailable,
    remote_side: OfRemote[Registrations] | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
) -> Yields:
    """Requests are to be signed, or signatures verified, with PEM files and with a key store at once.

    Why it matters: Elasticsearch takes one form only. With both the setting is refused, or the node that has them in its file does not
    start.

    How to fix: keep ``signing.certificate`` and ``.key``, or ``signing.keystore.path``; on the remote cluster
    ``cluster.remote.signing.certificate_authorities`` or ``.truststore.path``.

    Example: ``signing.keystore.path`` was added, and ``signing.key`` is still there.
    """
    settings = signing_settings(remote.alias, registration, local_nodes)
    registered = () if isinstance(remote_side, Unavailable) else remote_side.all
    verifying = verifying_settings(registered, remote_nodes)
    passwords = signing_passwords(remote.alias, keystore)
    yield from _both(settings, remote.setting("signing."), ("key", "keystore.path"), "local")
    yield from _both(settings, remote.setting("signing."), ("certificate", "keystore.path"), "local")
    yield from _both(verifying, "cluster.remote.signing.", ("certificate_authorities", "truststore.path"), "remote")
    pem = [name for name in passwords if name.startswith("key.")]
    store = [name for name in passwords if name.startswith("keystore.")]
    if pem and store:
        prefix = f"cluster.remote.{remote.alias}.signing."
        yield Finding(
            summary=f"The keystore has passwords for both forms of signing: {prefix}{pem[0]} and {prefix}{store[0]}; only one form can be set.",
            remedy=f"Remove the one that is not used: elasticsearch-keystore remove {prefix}{pem[0]}, on every node of the local cluster.",
            severity=Severity.WARNING,
            facts={"observed": (f"{prefix}{pem[0]}", f"{prefix}{store[0]}"), "expected": "one of them"},
        )
    elif not (settings or verifying or passwords):
        yield NotApplicable("no signing settings are known: Elasticsearch shows them to nobody")


def _both(settings: Mapping[str, str], prefix: str, keys: tuple[str, str], side: str) -> Iterator[Finding]:
    if all(settings.get(key) for key in keys):
        one, other = (f"{prefix}{key}" for key in keys)
        yield Finding(
            summary=f"The {side} cluster has {one} and {other}, which exclude each other; expected one of them.",
            remedy=f"Take {one} or {other} away, on every node of the {side} cluster.",
            facts={"observed": (one, other), "expected": "one of them"},
        )

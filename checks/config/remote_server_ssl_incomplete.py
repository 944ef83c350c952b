"""The check config/remote-server-ssl-incomplete."""

from __future__ import annotations

from checks.shared.documents import files_of, is_off, is_on, written
from checks.tables import docs
from checks.tables.settings import SERVER_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Setting, SettingsText, SettingsTexts, Severity, shorten

_ENABLED = "remote_cluster_server.enabled"


@check(
    "config/remote-server-ssl-incomplete",
    severity=Severity.CRITICAL,
    docs=(docs.SERVER_TLS_SETTINGS, docs.TROUBLESHOOT_ENABLE_SERVER),
    tags=("documents", "remote-cluster-server", "tls"),
    source="Elasticsearch 8.19.0: nodes with such files do not start; documentation: security settings, remote_cluster_server.ssl; elasticsearch#93334",
)
def remote_server_ssl_incomplete(texts: SettingsTexts) -> Yields:
    """The remote cluster server has no certificate with its key, or no TLS.

    Why it matters: TLS is on for it unless somebody switches it off, and without a certificate and its key the node does not start.
    Without TLS the API keys of every local cluster travel in clear.

    How to fix: make a certificate with ``elasticsearch-certutil``, and set ``keystore.path`` or ``certificate`` and ``key`` under
    ``xpack.security.remote_cluster_server.ssl``.

    Example: ``remote_cluster_server.enabled: true`` alone; ``key`` without ``certificate``.
    """
    serving = [
        one for one in files_of(texts) if is_on(one.get(_ENABLED)) and not is_off(one.get("xpack.security.enabled"))
    ]
    if not serving:
        yield NotApplicable("no document switches a remote cluster server on")
    for text in serving:
        yield from _judge(text)


def _judge(text: SettingsText) -> Yields:
    enabled = text.get(f"{SERVER_TLS}enabled")
    if enabled is not None and is_off(enabled):
        yield Finding(
            summary=f"{enabled.key} is {shorten(enabled.text)}: API keys come to the remote cluster server in clear text; expected true.",
            remedy="Switch TLS on, with a certificate and its key, and restart the node.",
            fix=written(text, {enabled.key: True}),
            origin=enabled.origin,
            facts={"setting": enabled.key, "observed": shorten(enabled.text), "expected": "true"},
        )
        return
    key, certificate, store = (_set(text, name) for name in ("key", "certificate", "keystore.path"))
    if store is not None or (key is not None and certificate is not None):
        return
    place = key or certificate or text.get(_ENABLED)
    lacking = [f"{SERVER_TLS}{name}" for name, one in (("certificate", certificate), ("key", key)) if one is None]
    what = f"{place.key} is {shorten(place.text)}" if place is not None else _ENABLED
    yield Finding(
        summary=f"{what}, and {' and '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} not set: the node does not start; expected a "
        "certificate with its key, or a key store.",
        remedy="Give the remote cluster server a certificate with its key.",
        fix=written(text, dict.fromkeys(lacking, "<file>")),
        origin=place.origin if place is not None else text.whole,
        facts={"setting": place.key if place is not None else _ENABLED, "expected": tuple(lacking)},
    )


def _set(text: SettingsText, name: str) -> Setting | None:
    found = text.get(f"{SERVER_TLS}{name}")
    return found if found is not None and found.values else None

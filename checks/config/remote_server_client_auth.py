"""The check config/remote-server-client-auth."""

from __future__ import annotations

from checks.shared.documents import files_of, is_on
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, SERVER_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, SettingsTexts, Severity, Side

_SETTING = f"{SERVER_TLS}client_authentication"


@check(
    "config/remote-server-client-auth",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.SERVER_TLS_SETTINGS, docs.CLIENT_TLS_SETTINGS),
    tags=("documents", "remote-cluster-server", "tls"),
    source="documentation: security settings, remote_cluster_server.ssl.client_authentication (none)",
)
def remote_server_client_auth(texts: SettingsTexts) -> Yields:
    """The remote cluster server requires a client certificate, which nodes of local clusters do not present by themselves.

    Why it matters: API keys are what remotes of this model come with. A local cluster whose nodes have no certificate under
    ``remote_cluster_client`` is refused in the TLS handshake, with ``bad_certificate``.

    How to fix: leave the setting out, or give the nodes of every local cluster a certificate.

    Example: ``client_authentication: required``, taken over from the transport interface.
    """
    files = files_of(texts)
    asking = [one for one in files if is_on(one.get("remote_cluster_server.enabled")) and one.get(_SETTING) is not None]
    if not asking:
        yield NotApplicable("no document says what the remote cluster server asks of clients")
    locals_ = [one for one in files if one.side is Side.LOCAL]
    presenting = all(
        any(one.get(f"{CLIENT_TLS}{name}") for name in ("certificate", "keystore.path")) for one in locals_
    )
    for text in asking:
        found = text.get(_SETTING)
        if found is None or found.text.lower() != "required" or (locals_ and presenting):
            continue
        lacking = (
            "the nodes of the local cluster present none" if locals_ else "local clusters present none by themselves"
        )
        yield Finding(
            summary=f"{_SETTING} is required, and {lacking}; expected none, or a certificate under {CLIENT_TLS[:-1]} on the local side.",
            remedy="Take the setting out, or give the nodes of every local cluster a certificate, and restart them.",
            severity=Severity.ERROR if locals_ else Severity.WARNING,
            origin=found.origin,
            facts={"setting": _SETTING, "observed": "required", "expected": "none"},
        )

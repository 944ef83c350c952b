"""The check config/verification-mode-weak."""

from __future__ import annotations

from checks.shared.documents import files_of, written
from checks.shared.fixes import on_local_nodes, yml
from checks.shared.verification import reported_modes, verification
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, TRANSPORT_TLS
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    Remote,
    SecurityModel,
    SettingsTexts,
    Severity,
    Unavailable,
    VerificationMode,
    listed,
)


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the mode in the file of each node; on the transport interface it is for both directions."""
    set_ = [
        (text, found, wanted)
        for text in files_of(texts)
        for prefix, wanted in ((CLIENT_TLS, VerificationMode.FULL), (TRANSPORT_TLS, VerificationMode.CERTIFICATE))
        if (found := text.get(f"{prefix}verification_mode")) is not None and found.values
    ]
    if not set_:
        yield NotApplicable("no document says what is verified")
    for text, found, wanted in set_:
        mode = next((one for one in VerificationMode if one == found.text.lower()), None)
        if _weakness(mode) > _weakness(wanted):
            what = "nothing of the certificate" if mode is VerificationMode.NONE else "no name in the certificate"
            yield Finding(
                summary=f"{found.key} is {found.text}: the node verifies {what} of whom it is connected to; expected {wanted}.",
                remedy="See that the CA is trusted, and that the certificate carries the name where names count; then set the mode and restart the node.",
                fix=written(text, {found.key: str(wanted)}),
                severity=Severity.ERROR if mode is VerificationMode.NONE else Severity.WARNING,
                origin=found.origin,
                facts={"setting": found.key, "observed": found.text, "expected": str(wanted)},
            )


@check(
    "config/verification-mode-weak",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.CLIENT_TLS_SETTINGS, docs.TRANSPORT_TLS_SETTINGS),
    tags=("settings", "tls"),
    source="documentation: security settings, ssl.verification_mode of remote_cluster_client and of transport",
)
def verification_mode_weak(cluster: LocalCluster, remote: Remote, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """The local cluster does not verify, or not fully, whom it connects to.

    Why it matters: with ``none`` everybody on the way can pose as the remote cluster and gets the API key and every search. With
    ``certificate`` whoever has any certificate of a trusted CA can. Between the nodes of the certificate model ``certificate`` is usual, for
    their CA is private; a remote cluster server is reached by its name.

    How to fix: set ``verification_mode: full`` and give the certificate the name, or ``certificate`` in the certificate model.

    Example: ``xpack.security.remote_cluster_client.ssl.verification_mode: none`` was set to try something out, and stayed.
    """
    found = verification(cluster, remote, local_nodes)
    api_key = remote.security_model is SecurityModel.API_KEY
    key = f"xpack.security.{'remote_cluster_client' if api_key else 'transport'}.ssl.verification_mode"
    modes = {} if isinstance(local_nodes, Unavailable) else reported_modes(local_nodes, remote.security_model)
    # Of nodes that differ the weakest is the one that lets somebody in.
    weakest = max((*modes.values(), found.mode), key=_weakness) if modes else found.mode
    wanted = VerificationMode.FULL if api_key else VerificationMode.CERTIFICATE
    if not found.known:
        detail = f"{key} is not known: Elasticsearch shows it to nobody, and diag.yaml does not declare it"
        if isinstance(local_nodes, Unavailable) and not local_nodes.not_configured:
            yield Unknown(f"{detail}; {local_nodes}", piece=local_nodes)
        else:
            yield NotApplicable(detail)
    elif weakest is not None and _weakness(weakest) > _weakness(wanted):
        who = listed([name for name, mode in modes.items() if mode is weakest]) or "the nodes of the local cluster"
        what = "nothing of the certificate" if weakest is VerificationMode.NONE else "no name in the certificate"
        yield Finding(
            summary=f"{key} is {weakest} ({found.source}): {who} verify {what} when they connect to this remote; expected {wanted}.",
            remedy=f"See that {'the certificate carries the name and ' if api_key else ''}its CA is trusted; then set the mode on every node of "
            "the local cluster and restart them, one after the other.",
            fix=on_local_nodes(yml=[yml(key, str(wanted))]),
            severity=Severity.ERROR if weakest is VerificationMode.NONE else Severity.WARNING,
            facts={"observed": str(weakest), "expected": str(wanted), "setting": key, "source": found.source},
        )


def _weakness(mode: VerificationMode | None) -> int:
    return -1 if mode is None else list(VerificationMode).index(mode)

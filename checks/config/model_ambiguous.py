"""The check config/model-ambiguous."""

from __future__ import annotations

from checks.shared.fixes import Remedy, remove_key, store_key
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    LocalCluster,
    Remote,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/model-ambiguous",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=Applies.settings(),
    docs=(docs.SECURITY_MODELS, docs.MIGRATE_TO_API_KEY),
    tags=("security-model",),
    source="Elasticsearch RemoteClusterService: a credential in the keystore decides the security model",
)
def model_ambiguous(cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable) -> Yields:
    """The security model in use is another one than declared, or is declared nowhere.

    Why it matters: no setting of Elasticsearch names the security model. A key in the keystore for this alias means API key, no key
    means certificates, silently. Ports, CAs, roles and licenses all follow from it.

    How to fix: declare ``security_model`` for the remote; then bring the keystore in line: add the key to move to API keys, remove the
    entry to stay with certificates.

    Example: ``security_model: certificate`` and an entry ``cluster.remote.logs.credentials`` in the keystore.
    """
    actual = _model_in_use(remote, keystore)
    declared = remote.declared_model
    if declared is None:
        yield _undeclared(remote, actual)
    elif actual is None:
        piece = keystore if isinstance(keystore, Unavailable) else None
        yield Unknown(f"the names in the keystore decide: {piece or 'not known'}", piece=piece)
    elif actual is not declared:
        entry = shorten(remote.setting("credentials"))
        has = "an entry" if actual is SecurityModel.API_KEY else "no entry"
        how = _use(cluster, remote, declared)
        yield Finding(
            summary=f"The declared security model is {declared}, but the keystore has {has} {entry}, so Elasticsearch uses {actual}.",
            remedy=f"{how.sentence} Or, if {actual} is what is meant, declare security_model: {actual}.",
            fix=how.fix,
            facts={"observed": str(actual), "expected": str(declared), "keystore_entry": entry},
        )


def _use(cluster: LocalCluster, remote: Remote, declared: SecurityModel) -> Remedy:
    """How the declared model comes into use; a model is chosen when the remote is registered."""
    when = f"if {declared} is what is meant"
    if declared is SecurityModel.API_KEY:
        return store_key(cluster, remote.alias, when=when)
    how = remove_key(cluster, remote.alias, when=when)
    return Remedy(f"{how.sentence} Then register the remote again.", how.fix)


def _model_in_use(remote: Remote, keystore: Keystore | Unavailable) -> SecurityModel | None:
    has_key = remote.keystore_credential
    if has_key is None and isinstance(keystore, Keystore):
        has_key = keystore.has_key(remote.alias)
    if has_key is None:
        return None
    return SecurityModel.API_KEY if has_key else SecurityModel.CERTIFICATE


def _undeclared(remote: Remote, actual: SecurityModel | None) -> Finding:
    """No model is declared: a hint where Elasticsearch's choice is known, a warning where it had to be guessed."""
    sure = actual is not None and actual is remote.security_model
    observed = actual or remote.security_model
    why = (
        f"by its keystore Elasticsearch uses {observed}"
        if actual
        else f"{observed} is assumed, the keystore is not known"
    )
    if actual and not sure:
        why += f", while the configured credential means {remote.security_model}"
    return Finding(
        summary=f"No security model is declared; {why}. Expected api_key or certificate.",
        remedy=f"Declare security_model: {observed} for this remote, if that is the one that is meant.",
        severity=Severity.INFO if sure else Severity.WARNING,
        facts={"observed": str(observed), "expected": ("api_key", "certificate"), "known": actual is not None},
    )

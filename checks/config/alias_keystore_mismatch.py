"""The check config/alias-keystore-mismatch."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.shared.alias_form import suggest_alias
from checks.shared.aliases import normalized
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Remedy, on_local, recreate, store_key
from checks.shared.keystore_entries import misspelled_entry
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    LocalCluster,
    Remote,
    RemoteInfo,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/alias-keystore-mismatch",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_NO_KEY, docs.HOSTED_TO_SELF_MANAGED),
    tags=("alias", "keystore"),
    source="Elasticsearch RemoteClusterService: credentials are looked up by the exact alias",
    explains=("config/alias-uppercase-keystore", "config/model-ambiguous", "auth/key-missing", *NO_CONNECTION),
)
def alias_keystore_mismatch(
    cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable, info: RemoteInfo | Unavailable
) -> Yields:
    """The key of the remote is stored under another spelling of its alias.

    Why it matters: Elasticsearch looks for ``cluster.remote.<alias>.credentials`` letter by letter. When there is none it
    says nothing and uses certificates, and the remote cluster server refuses it.

    How to fix: store the key under the alias in use and remove the other entry, or register the remote again under the
    alias that the keystore has. An alias can't be renamed in place.

    Example: the alias is ``logs-eu``, the keystore has ``cluster.remote.logs_eu.credentials``.
    """
    if remote.declared_model is SecurityModel.CERTIFICATE:
        yield NotApplicable(f"security model is {remote.security_model}")
    elif isinstance(keystore, Unavailable):
        yield Unknown(str(keystore), piece=keystore)
    elif isinstance(info, RemoteInfo) and info.has_credential:
        if not keystore.has_key(remote.alias):
            yield NotApplicable("the local cluster uses the key of this alias, as GET _remote/info shows")
    elif other := misspelled_entry(cluster, remote, keystore):
        how = _one_spelling(cluster, remote, other)
        yield Finding(
            summary=f"The keystore has no entry {shorten(remote.setting('credentials'))}, but one for {shorten(other)}: "
            f"{_difference(remote.alias, other)}, and the two have to be equal.",
            remedy=how.sentence,
            fix=how.fix,
            facts={
                "observed": shorten(f"cluster.remote.{other}.credentials"),
                "expected": shorten(remote.setting("credentials")),
            },
        )
    elif remote.security_model is not SecurityModel.API_KEY:
        yield NotApplicable(f"security model is {remote.security_model}")
    elif not keystore.has_key(remote.alias):
        yield NotApplicable("no similar entry is in the keystore; auth/key-missing is about it")


def _difference(alias: str, other: str) -> str:
    if alias.lower() == other.lower():
        return "they differ in upper and lower case only"
    if alias.replace("_", "-") == other.replace("_", "-"):
        return "they differ in dashes and underscores only"
    if normalized(alias) == normalized(other):
        return "they differ in spelling only"
    return "they look alike"


def _one_spelling(cluster: LocalCluster, remote: Remote, other: str) -> Remedy:
    """The alias that is valid everywhere wins: the one in use, unless only the stored one is."""
    if suggest_alias(remote.alias) != remote.alias and suggest_alias(other) == other:
        return Remedy("Register the remote under the alias of the key.", on_local(recreate(fixed(remote), other)))
    return store_key(cluster, remote.alias)

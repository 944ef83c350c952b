"""The check config/alias-uppercase-keystore."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.shared.alias_form import is_settings_key
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.documents import alias_of_entry, remotes_in
from checks.shared.fixes import on_local, recreate, store_key
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    EckClusters,
    Finding,
    Keystore,
    KeystoreLists,
    Kind,
    LocalCluster,
    Origin,
    Remote,
    RemoteInfo,
    SettingsTexts,
    Severity,
    Side,
    Unavailable,
    shorten,
)


def _in_use(info: RemoteInfo | Unavailable) -> bool:
    return isinstance(info, RemoteInfo) and info.connected and info.has_credential is True


def _in_documents(
    texts: SettingsTexts | Unavailable, lists: KeystoreLists | Unavailable, clusters: EckClusters | Unavailable
) -> Yields:
    """Judge the aliases of every document, and the entries of every list: each where it is written."""
    if isinstance(texts, Unavailable) and isinstance(lists, Unavailable) and isinstance(clusters, Unavailable):
        yield missing(texts)
        return
    for one in () if isinstance(clusters, Unavailable) else clusters.all:
        # Without a key the operator puts nothing into the keystore.
        for remote in one.remotes:
            if remote.key is not None and remote.alias is not None:
                yield from _written(remote.alias.text, remote.alias.origin, "The alias")
    for text in () if isinstance(texts, Unavailable) else texts.all:
        if text.side is not Side.REMOTE:
            for alias, found in remotes_in(text).items():
                place = next(iter(found.values())).place_of(f"cluster.remote.{alias}")
                yield from _written(alias, place, "The alias")
    for entry in () if isinstance(lists, Unavailable) else lists.all:
        alias = alias_of_entry(entry.name)
        if alias:
            yield from _written(alias, entry.origin, "The entry of alias")


def _written(alias: str, place: Origin, what: str) -> Yields:
    if is_settings_key(alias) and alias != alias.lower():
        yield Finding(
            summary=f"{what} {shorten(alias)} has upper-case letters; in the name of a keystore entry Elastic Cloud and the keystores of older "
            "releases take lower-case ones only.",
            remedy=f"Store the key under {shorten(alias.lower())}, and register the remote under that alias.",
            severity=Severity.WARNING,
            origin=place,
            facts={"observed": shorten(alias), "expected": shorten(alias.lower())},
        )


@check(
    "config/alias-uppercase-keystore",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    in_documents=_in_documents,
    once_in_documents=True,
    applies=API_KEY_REMOTES,
    docs=(docs.KEYSTORE, docs.HOSTED_TO_SELF_MANAGED),
    tags=("alias", "keystore"),
    source="Elasticsearch KeyStoreWrapper: names of entries; documentation: remote clusters from Elastic Cloud Hosted",
)
def alias_uppercase_keystore(
    cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable, info: RemoteInfo | Unavailable
) -> Yields:
    """The alias has upper-case letters, which not every keystore takes.

    Why it matters: the key is stored as ``cluster.remote.<alias>.credentials``. Elastic Cloud takes lower-case letters only, and so do
    the keystores of older releases (``does not match the allowed setting name pattern``). A key stored in lower case is another alias.

    How to fix: register the remote again under a lower-case alias, and store the key under that one. Where the keystore has the
    entry already, this counts for one step less.

    Example: ``Logs``.
    """
    if not is_settings_key(remote.alias):
        yield NotApplicable("the alias is not valid in any case")
    elif remote.alias != remote.alias.lower() and _in_use(info):
        yield NotApplicable(
            "the local cluster is connected with the key of this alias, so that its keystore took the name"
        )
    elif remote.alias != remote.alias.lower():
        stored = isinstance(keystore, Keystore) and keystore.has_key(remote.alias)
        severity, remark = (
            (Severity.ERROR, Severity.WARNING) if cluster.kind is Kind.HOSTED else (Severity.WARNING, Severity.INFO)
        )
        where = "Elastic Cloud takes" if cluster.kind is Kind.HOSTED else "the keystores of older releases take"
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} has upper-case letters; in the name of a keystore entry {where} lower-case ones only"
            + (", though this keystore has it already." if stored else "."),
            remedy=f"Store the key under {shorten(remote.alias.lower())}, and register the remote under that alias.",
            fix=(
                *store_key(cluster, remote.alias.lower()).fix,
                *on_local(recreate(fixed(remote), remote.alias.lower())),
            ),
            severity=remark if stored else severity,
            facts={"observed": shorten(remote.alias), "expected": shorten(remote.alias.lower()), "stored": stored},
        )

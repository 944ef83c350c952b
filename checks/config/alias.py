"""The cluster alias: part of setting names, of keystore entries and of index expressions, each with its own rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.causes import NO_CONNECTION
from checks.config.addresses import mended
from checks.config.entries import mistaken_entry, orphans
from checks.config.siblings import alike, has_entry, leading_to, plain, same_cluster, targets
from checks.remedies import is_settings_key, recreate, store_key, suggest_alias
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    Keystore,
    Kind,
    LocalCluster,
    Remote,
    RemoteIdentity,
    RemoteInfo,
    SecurityModel,
    Severity,
    Unavailable,
    listed,
    shorten,
)

_MOST_REMOVED: Final = 5
_RESERVED_WORDS = ("_all", "_local")
_RESERVED = {":": "a colon", ",": "a comma", "*": "a star", "?": "a question mark", '"': "a quotation mark"}


@check(
    "config/alias-invalid",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.EC_SELF),
    tags=("alias",),
    source="Elasticsearch Setting.AffixKey: an alias is made of letters, digits, dash and underscore",
    explains=(
        "auth/key-missing",
        "config/alias-keystore-mismatch",
        "config/alias-reserved-chars",
        "config/not-added",
        *NO_CONNECTION,
    ),
)
def alias_invalid(remote: Remote) -> Yields:
    """The alias has characters that Elasticsearch does not take in the name of a setting.

    Why it matters: the alias is a part of each setting, ``cluster.remote.<alias>.mode``. With a dot, an umlaut or nothing at
    all in its place Elasticsearch answers ``persistent setting […], not recognized``, and there is no remote.

    How to fix: choose an alias of lower-case letters, digits, dashes and underscores, and use it everywhere: in the settings, in the
    keystore entry and in index expressions.

    Example: ``logs.eu``; ``logs-eu`` is a valid one.
    """
    if not remote.alias:
        yield Finding(
            summary="The alias is empty; expected letters, digits, dashes and underscores.",
            remedy=f"Give the remote an alias: {recreate(mended(remote), suggest_alias(''))}",
            facts={"observed": "", "expected": "letters, digits, dash, underscore"},
        )
    elif _reserved(remote.alias):
        yield NotApplicable("config/alias-reserved-chars is about it")
    elif not is_settings_key(remote.alias):
        strange = "".join(dict.fromkeys(char for char in remote.alias if not is_settings_key(char)))
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} has characters that Elasticsearch refuses in a setting: {shorten(strange, 20)}; "
            "expected letters, digits, dashes and underscores.",
            remedy=f"Register it under another alias: {recreate(mended(remote), suggest_alias(remote.alias))}",
            facts={"observed": shorten(remote.alias), "expected": "letters, digits, dash, underscore"},
        )


def _in_use(info: RemoteInfo | Unavailable) -> bool:
    return isinstance(info, RemoteInfo) and info.connected and info.has_credential is True


@check(
    "config/alias-uppercase-keystore",
    severity=Severity.ERROR,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.KEYSTORE, docs.EC_SELF),
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
        stored = isinstance(keystore, Keystore) and has_entry(keystore, remote.alias)
        severity, remark = (
            (Severity.ERROR, Severity.WARNING) if cluster.kind is Kind.HOSTED else (Severity.WARNING, Severity.INFO)
        )
        where = "Elastic Cloud takes" if cluster.kind is Kind.HOSTED else "the keystores of older releases take"
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} has upper-case letters; in the name of a keystore entry {where} lower-case ones only"
            + (", though this keystore has it already." if stored else "."),
            remedy=f"Store the key under {shorten(remote.alias.lower())}, and register the remote under that alias: "
            + recreate(mended(remote), remote.alias.lower()),
            severity=remark if stored else severity,
            facts={"observed": shorten(remote.alias), "expected": shorten(remote.alias.lower()), "stored": stored},
        )


@check(
    "config/alias-reserved-chars",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.CCS),
    tags=("alias",),
    source="Elasticsearch RemoteClusterAware: index expressions; elasticsearch#68252",
    explains=("auth/key-missing", "config/alias-keystore-mismatch", *NO_CONNECTION),
)
def alias_reserved_chars(remote: Remote) -> Yields:
    """The alias means something else in an index expression.

    Why it matters: in ``alias:index`` the colon separates, the comma lists, the star stands for anything, a leading dash
    excludes. Such an alias is refused as a setting, or it is stored and searches go elsewhere than they seem to.

    How to fix: register the remote under another alias. An alias can't be renamed in place.

    Example: ``-logs``, which in a search excludes what was meant to be searched.
    """
    if not remote.alias:
        yield NotApplicable("config/alias-invalid is about it")
    elif reasons := _reserved(remote.alias):
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} {' and '.join(reasons)}, which has a meaning of its own in index expressions; "
            "expected letters, digits, dashes and underscores.",
            remedy=f"Register it under another alias: {recreate(mended(remote), suggest_alias(remote.alias))}",
            facts={
                "observed": shorten(remote.alias),
                "expected": "letters, digits, dash, underscore",
                "reasons": reasons,
            },
        )


def _reserved(alias: str) -> tuple[str, ...]:
    """What index expressions would read into this alias."""
    found = {f"has {name}": char in alias for char, name in _RESERVED.items()} | {
        "has a blank": any(char.isspace() for char in alias),
        "begins with a dash": alias.startswith("-"),
        "begins with <": alias.startswith("<"),
        "begins or ends with a dot": alias.startswith(".") or alias.endswith("."),
        "has two dots in a row": ".." in alias,
        "is a reserved word": alias in _RESERVED_WORDS,
    }
    return tuple(reason for reason, holds in found.items() if holds)


@check(
    "config/alias-keystore-mismatch",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.TRB_NOKEY, docs.EC_SELF),
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
        yield Unknown(str(keystore))
    elif isinstance(info, RemoteInfo) and info.has_credential:
        if not has_entry(keystore, remote.alias):
            yield NotApplicable("the local cluster uses the key of this alias, by its own list of remotes")
    elif other := mistaken_entry(cluster, remote, keystore):
        yield Finding(
            summary=f"The keystore has no entry {shorten(remote.setting('credentials'))}, but one for {shorten(other)}: "
            f"{_difference(remote.alias, other)}, and the two have to be equal.",
            remedy=_one_spelling(cluster, remote, other),
            facts={
                "observed": shorten(f"cluster.remote.{other}.credentials"),
                "expected": shorten(remote.setting("credentials")),
            },
        )
    elif remote.security_model is not SecurityModel.API_KEY:
        yield NotApplicable(f"security model is {remote.security_model}")
    elif not has_entry(keystore, remote.alias):
        yield NotApplicable("no similar entry is in the keystore; auth/key-missing is about it")


def _difference(alias: str, other: str) -> str:
    if alias.lower() == other.lower():
        return "they differ in upper and lower case only"
    if alias.replace("_", "-") == other.replace("_", "-"):
        return "they differ in dashes and underscores only"
    if plain(alias) == plain(other):
        return "they differ in spelling only"
    return "they look alike"


def _one_spelling(cluster: LocalCluster, remote: Remote, other: str) -> str:
    """The alias that is valid everywhere wins: the one in use, unless only the stored one is."""
    if suggest_alias(remote.alias) != remote.alias and suggest_alias(other) == other:
        return f"Register the remote under the alias of the key: {recreate(mended(remote), other)}"
    return store_key(cluster, remote.alias)


@check(
    "config/alias-near-duplicate",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("alias",),
    source="documentation: remote cluster settings; aliases are told apart letter by letter",
)
def alias_near_duplicate(cluster: LocalCluster, remote: Remote) -> Yields:
    """Two aliases differ only in case, or in dashes and underscores.

    Why it matters: to Elasticsearch they are two remotes, with two keys and two sets of settings; to a person they are one.
    A search then goes to the wrong one, or a setting is changed at the wrong one.

    How to fix: keep one of them, or give them names that nobody mixes up.

    Example: ``Logs`` and ``logs``.
    """
    spellings = alike(cluster, remote.alias)
    others = [alias for alias in spellings if alias != remote.alias]
    if len(spellings) > 1:
        names = ", ".join(shorten(name, 80) for name in others[:5]) or "a second remote of this very name"
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} is easily mixed up with {names}; expected aliases that differ in more than case, "
            "dashes and underscores.",
            remedy="Keep one of them, and remove the other: PUT _cluster/settings with null for each of its settings.",
            facts={"observed": shorten(remote.alias), "others": tuple(shorten(name) for name in others[:5])},
        )


@check(
    "config/orphan-credential",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.KEYSTORE, docs.EC_EDIT),
    tags=("keystore",),
    source="Elasticsearch RemoteClusterService: credentials of an unknown alias are ignored",
)
def orphan_credential(cluster: LocalCluster, keystore: Keystore, evidence: ClusterEvidence) -> Yields:
    """The keystore has a key for an alias that is no remote.

    Why it matters: nobody uses the key. Either the remote has still to be registered, or it was removed and its key was left
    behind, which is one more secret to lose.

    How to fix: register the remote, or remove the entry.

    Example: ``cluster.remote.archive.credentials``, and no remote ``archive``.
    """
    if unread := [remote for remote in evidence.remotes if remote.unreadable]:
        yield Unknown(str(unread[0].unreadable))
    elif not cluster.remotes and keystore.aliases:
        yield Unknown("no remote of this cluster is known, so nothing can be compared with the keystore")
    elif unused := orphans(cluster, keystore):
        yield _unused(unused)


def _unused(aliases: Sequence[str]) -> Finding:
    """One finding for all of them: a keystore that serves many clusters is no long list of faults."""
    entries = tuple(shorten(f"cluster.remote.{alias}.credentials") for alias in aliases[:20])
    one = len(aliases) == 1
    what = entries[0] if one else f"keys for {len(aliases)} aliases without a remote ({listed(aliases)})"
    return Finding(
        summary=f"The keystore has {what}"
        + (", but no remote has that alias." if one else "; expected none without a remote."),
        remedy=f"Register the remote{'' if one else 's'}, or remove the entr{'y' if one else 'ies'}: bin/elasticsearch-keystore remove "
        f"{' '.join(_quoted(alias) for alias in aliases[:_MOST_REMOVED])}{'' if len(aliases) <= _MOST_REMOVED else ' …'} on each node.",
        facts={"observed": entries[0] if one else entries, "count": len(aliases)},
    )


def _quoted(alias: str) -> str:
    entry = shorten(f"cluster.remote.{alias}.credentials")
    return entry if is_settings_key(alias) else f"'{entry}'"


@check(
    "config/duplicate-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.MIGRATE, docs.DLSFLS),
    tags=("alias", "address"),
    source="elasticsearch#108839; documentation: migrate from certificate to API key authentication",
)
def duplicate_remote(
    cluster: LocalCluster, remote: Remote, evidence: ClusterEvidence, identity: RemoteIdentity | Unavailable
) -> Yields:
    """Two remotes lead to the same cluster.

    Why it matters: ``*:index`` searches it twice, and each document comes twice. Two aliases are right where one key is for
    searches and another for replication; acknowledge the finding then.

    How to fix: remove one of them, or leave it out of index expressions.

    Example: ``logs`` and ``logs-old`` with one ``proxy_address``.
    """
    mine = targets(remote)
    if not mine:
        yield NotApplicable("no usable address is configured")
    twins = {alias: target for target in sorted(mine) for alias in leading_to(cluster, target) if alias != remote.alias}
    if twins:
        names = tuple(shorten(alias, 80) for alias in list(twins)[:5])
        host, port, _ = next(iter(twins.values()))
        yield Finding(
            summary=f"The aliases {shorten(remote.alias)} and {', '.join(names)} have the same address "
            f"({shorten(host)}:{port}) and server name; expected one alias for each remote cluster.",
            remedy="Keep one of them and remove the other (PUT _cluster/settings with null for each of its settings), or leave one out of "
            "index expressions with a wildcard.",
            facts={"observed": f"{shorten(host)}:{port}", "others": names},
        )
    elif isinstance(identity, RemoteIdentity):
        same = [alias for alias in same_cluster(evidence, identity) if alias != remote.alias]
        yield from _by_other_names(remote, identity, same)


def _by_other_names(remote: Remote, identity: RemoteIdentity, same: Sequence[str]) -> Yields:
    """Other addresses, and one cluster behind them, by the word of its API."""
    if same:
        yield Finding(
            summary=f"Behind {shorten(remote.alias)} and {listed(same)} is one cluster, {shorten(identity.name, 80)} "
            f"(UUID {shorten(identity.uuid, 40)}), at different addresses; expected one alias for each remote cluster.",
            remedy="Keep one of them and remove the other (PUT _cluster/settings with null for each of its settings), or leave one out of "
            "index expressions with a wildcard.",
            facts={"observed": shorten(identity.uuid, 40), "others": tuple(shorten(alias, 80) for alias in same[:5])},
        )


CHECKS = (
    alias_invalid,
    alias_uppercase_keystore,
    alias_reserved_chars,
    alias_keystore_mismatch,
    alias_near_duplicate,
    orphan_credential,
    duplicate_remote,
)

"""The check config/unknown-setting."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import refusal, refused_as, settings_of, written
from checks.shared.files_of_nodes import entries
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from checks.tables.settings import KnownSetting, is_judged, known_setting, nearest_key
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    CREDENTIALS,
    MAX_LISTED,
    REMOTE_SETTINGS,
    SIGNING,
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    Setting,
    SettingsForm,
    SettingsText,
    SettingsTexts,
    Severity,
    Unavailable,
    Version,
    as_fact,
    listed,
    nearest,
    shorten,
)

_ARCHIVED: Final = "archived."
_KNOWN: Final = (*(one.key for one in REMOTE_SETTINGS), CREDENTIALS)


def _in_documents(texts: SettingsTexts, local_version: LocalVersion | Unavailable) -> Yields:
    """Judge the keys of every document; what Elasticsearch knows hangs on its release, where that is given."""
    release = None if isinstance(local_version, Unavailable) else local_version.number
    judged = [(text, one) for text, one in settings_of(texts) if is_judged(one.key) or known_setting(one.key)]
    if not judged and not any(one.key.startswith(_ARCHIVED) for _, one in settings_of(texts)):
        yield NotApplicable("no setting of the documents concerns remote clusters")
    for text, one in judged:
        # What a variable makes of a key is not known here.
        if "${" not in one.key and not _is_taken_away(text, one):
            yield from _judge(text, one, release)
    for text in texts.all:
        archived = [one for one in text.under(_ARCHIVED) if one.values]
        if archived:
            yield _archived(text, archived)


def _is_taken_away(text: SettingsText, one: Setting) -> bool:
    """A null in a file is the matter of config/file-values; in a request it takes away whatever a star stands for."""
    return one.is_null and (text.form is not SettingsForm.REQUEST or "*" in one.key)


def _judge(text: SettingsText, one: Setting, release: Version | None) -> Yields:
    known = known_setting(one.key)
    key, becomes = shorten(one.key), refusal(text.form)
    if known is None or not known.known_to(release):
        yield _not_known(text, one, known, release)
    elif known.secure and text.form is not SettingsForm.ANSWER:
        yield Finding(
            summary=f"{key} is a secure setting, which is kept in the keystore of each node and nowhere else: {becomes}.",
            remedy="Take it out here, and store it with elasticsearch-keystore add; what was written down is to be changed.",
            severity=refused_as(text.form),
            origin=one.key_origin,
            facts={"setting": key, "expected": "an entry of the keystore"},
        )
    elif text.form is SettingsForm.REQUEST and not known.dynamic:
        yield Finding(
            summary=f"{key} is not changed by a request: {becomes}; expected it in elasticsearch.yml of each node.",
            remedy="Write it into elasticsearch.yml of each node, and restart the nodes.",
            severity=Severity.ERROR,
            origin=one.key_origin,
            facts={"setting": key, "expected": "elasticsearch.yml"},
        )


def _not_known(text: SettingsText, one: Setting, known: KnownSetting | None, release: Version | None) -> Finding:
    meant = "" if known is not None else nearest_key(one.key)
    star = f"{one.key}.*" if one.is_null and known is None and is_judged(f"{one.key}.") else ""
    expected = star or meant
    who = _since(known, release) if known is not None else "is no setting of Elasticsearch"
    return Finding(
        summary=f"{shorten(one.key)} {who}: {refusal(text.form)}"
        + (f"; expected {shorten(expected)}{'' if star else ', perhaps'}." if expected else "."),
        remedy=f"Write {shorten(expected)} instead." if expected else "Take it out.",
        fix=written(text, {star: None}) if star else (),
        severity=refused_as(text.form),
        origin=one.key_origin,
        facts={"setting": shorten(one.key), "expected": shorten(expected) or "a setting of Elasticsearch"},
    )


def _since(known: KnownSetting, release: Version | None) -> str:
    if known.until is not None and (release is None or release >= known.until):
        return f"is no setting of Elasticsearch {known.until} and later"
    return f"is known from Elasticsearch {known.since} on"


def _archived(text: SettingsText, archived: list[Setting]) -> Finding:
    keys = [one.key for one in archived]
    return Finding(
        summary=f"Settings that an upgrade put aside, and that have no effect: {listed(keys)}; expected none.",
        remedy="Set what was meant under its new name, then take them away.",
        fix=on_local(put_settings(dict.fromkeys(keys[:MAX_LISTED]))),
        severity=Severity.WARNING,
        origin=archived[0].key_origin,
        facts={"observed": as_fact(keys), "expected": "no archived setting", "form": str(text.form)},
    )


@check(
    "config/unknown-setting",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.CRITICAL),
    in_documents=_in_documents,
    once_in_documents=True,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.ARCHIVED_SETTINGS),
    tags=("settings",),
    source="Elasticsearch RemoteClusterSettings; archived settings of an upgrade; elasticsearch#76441",
)
def unknown_setting(remote: Remote, registration: Registration, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """A setting of the remote is none that Elasticsearch knows.

    Why it matters: what was meant is not set. A misspelt key is refused by the API, keeps a node from starting when it stands in its
    file, and after an upgrade it is kept as archived and has no effect.

    How to fix: write the setting with its right name, and take the other one away.

    Example: ``cluster.remote.logs.skip_unavailabel``, ``archived.cluster.remote.logs.ignore_unavailable``.
    """
    in_files = {} if isinstance(local_nodes, Unavailable) else _in_files(local_nodes, remote.alias)
    found = {key: "the cluster's settings" for key, _ in registration.values} | in_files
    if not found and not registration.archived:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
    for key, where in found.items():
        if key not in _KNOWN and not key.startswith(SIGNING):
            yield _unknown(remote, registration, key, where)
    if archived := registration.archived:
        yield Finding(
            summary=f"Settings that are archived or under a name of a former release: {listed(archived)}; expected cluster.remote.{shorten(remote.alias, 60)}.*.",
            remedy="Set what was meant under its new name, then take them away.",
            fix=on_local(put_settings(dict.fromkeys(archived[:MAX_LISTED]))),
            severity=Severity.WARNING,
            facts={"observed": as_fact(archived), "expected": "no archived setting"},
        )


def _in_files(local_nodes: Nodes, alias: str) -> dict[str, str]:
    return {key: f"elasticsearch.yml of {shorten(node.name, 60)}" for node, key, _ in entries(local_nodes, f"{alias}.")}


def _unknown(remote: Remote, registration: Registration, key: str, where: str) -> Finding:
    meant = next(iter(nearest(key, _KNOWN)), "")
    full, right = remote.setting(key), remote.setting(meant)
    expected = f"{right}, perhaps" if meant else "one of " + ", ".join(one.key for one in REMOTE_SETTINGS)
    change = put_settings({full: None, **({right: registration.value(key) or "<value>"} if meant else {})})
    by_file = where.startswith("elasticsearch.yml")
    remedy = (f"Write {right}" if meant else "Take it out") + f" in {where}; a release that checks it does not start."
    return Finding(
        summary=f"{shorten(full)} in {where} is no setting of Elasticsearch; expected {expected}.",
        remedy=remedy if by_file else f"{'Set what was meant' if meant else 'Take it away'}.",
        fix=() if by_file else on_local(change),
        facts={"observed": shorten(full), "expected": right if meant else "a setting of Elasticsearch"},
    )

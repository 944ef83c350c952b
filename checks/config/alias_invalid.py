"""The check config/alias-invalid."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.config._alias import reserved
from checks.shared.alias_form import is_settings_key, suggest_alias
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import on_local, recreate
from checks.shared.payloads import aliases_of, is_given
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check, missing
from diag.model import (
    EckClusters,
    Finding,
    Remote,
    RemoteLists,
    Severity,
    Unavailable,
    shorten,
)


def _in_documents(lists: RemoteLists | Unavailable, clusters: EckClusters | Unavailable) -> Yields:
    """The aliases in what is sent to Elastic Cloud, planned by Terraform or made by ECK, where the same rule holds."""
    absent = [one for one in (lists, clusters) if isinstance(one, Unavailable)]
    aliases = [*aliases_of(lists), *aliases_of(clusters)]
    if lost := [one for one in absent if not one.not_configured]:
        yield missing(lost[0])
    elif not aliases:
        yield missing(absent[0]) if absent else NotApplicable("no document names an alias of a remote")
    for alias in aliases:
        if is_given(alias, is_id=False) and not is_settings_key(alias.text):
            invalid = "".join(dict.fromkeys(char for char in alias.text if not is_settings_key(char)))
            yield Finding(
                summary=f"The alias {shorten(alias.text)} has characters that Elasticsearch refuses in a setting: {shorten(invalid, 20)}; "
                "expected letters, digits, dashes and underscores.",
                remedy=f"Choose another alias, such as {suggest_alias(alias.text)}.",
                origin=alias.origin,
                facts={"observed": shorten(alias.text), "expected": "letters, digits, dash, underscore"},
            )


@check(
    "config/alias-invalid",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.HOSTED_TO_SELF_MANAGED),
    tags=("alias",),
    source="Elasticsearch Setting.AffixKey: an alias is made of letters, digits, dash and underscore",
    explains=(
        "auth/key-missing",
        "config/alias-keystore-mismatch",
        "config/alias-reserved-chars",
        "config/not-added",
        *NO_CONNECTION,
    ),
    in_documents=_in_documents,
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
            remedy="Give the remote an alias.",
            fix=on_local(recreate(fixed(remote), suggest_alias(""))),
            facts={"observed": "", "expected": "letters, digits, dash, underscore"},
        )
    elif reserved(remote.alias):
        yield NotApplicable("config/alias-reserved-chars is about it")
    elif not is_settings_key(remote.alias):
        invalid = "".join(dict.fromkeys(char for char in remote.alias if not is_settings_key(char)))
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} has characters that Elasticsearch refuses in a setting: {shorten(invalid, 20)}; "
            "expected letters, digits, dashes and underscores.",
            remedy="Register it under another alias.",
            fix=on_local(recreate(fixed(remote), suggest_alias(remote.alias))),
            facts={"observed": shorten(remote.alias), "expected": "letters, digits, dash, underscore"},
        )

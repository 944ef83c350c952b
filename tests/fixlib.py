"""What every fix has to be: it can be typed, it is a call that exists, it changes something, and it is not refused in the next round."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from diag.engine import judge
from diag.model import (
    REMOTE_SETTINGS,
    ClusterEvidence,
    ClusterReport,
    Finding,
    Fix,
    Keystore,
    Kind,
    Outcome,
    Reason,
    Registration,
    Registrations,
    Remote,
    RemoteEvidence,
    Request,
    Severity,
    Step,
    Unavailable,
    Where,
)
from tests import caselib

# The calls of Elasticsearch that a fix may make, as its API reference names them; {} stands for one name.
CALLS: Final = tuple(
    re.compile(pattern.replace("{}", "[^/?]+") + r"(\?[^/ ]*)?")
    for pattern in (
        "GET /",
        "PUT _cluster/settings",
        "GET _cluster/settings",
        "GET _cluster/allocation/explain",
        "GET _cluster/state/metadata",
        "GET _nodes",
        "GET _nodes/stats",
        "POST _nodes/reload_secure_settings",
        "POST _nodes/{}/reload_secure_settings",
        "GET _remote/info",
        "GET _resolve/cluster/{}",
        "GET _resolve/index/{}",
        "GET {}/_search",
        "GET _ssl/certificates",
        "GET _cat/{}",
        "GET _license",
        "PUT _license",
        "POST _security/cross_cluster/api_key",
        "PUT _security/cross_cluster/api_key/{}",
        "GET _security/api_key",
        "DELETE _security/api_key",
        "GET _security/role/{}",
        "PUT _security/role/{}",
        "GET {}/_settings/{}",
        "PUT {}/_settings",
        "PUT {}",
        "DELETE {}",
        "POST {}/_open",
        "POST {}/_close",
        "POST _reindex",
        "PUT {}/_ccr/follow",
        "GET {}/_ccr/info",
        "GET {}/_ccr/stats",
        "POST {}/_ccr/pause_follow",
        "POST {}/_ccr/resume_follow",
        "POST {}/_ccr/unfollow",
        "GET _ccr/stats",
        "GET _ccr/auto_follow",
        "GET _ccr/auto_follow/{}",
        "PUT _ccr/auto_follow/{}",
        "DELETE _ccr/auto_follow/{}",
        "POST _ccr/auto_follow/{}/pause",
        "POST _ccr/auto_follow/{}/resume",
        "GET {}/_ilm/explain",
        "GET _ilm/policy/{}",
        "PUT _ilm/policy/{}",
        "GET _ingest/pipeline/{}",
        "PUT _ingest/pipeline/{}",
        "GET _transform/{}",
        "GET _transform/{}/_stats",
        "POST _transform/{}/_start",
        "POST _transform/{}/_stop",
        "POST _transform/{}/_update",
    )
)
_ADDED: Final = re.compile(r"elasticsearch-keystore add (\S+)")
_OF_PORTS: Final = frozenset(
    {"config/port-model-mismatch", "config/http-port-used", "config/cloud-port-9300", "config/self-managed-cloud-port"}
)
_PLACEHOLDER: Final = re.compile(r"<[^<>]+>")
_FIELDS: Final = {one.key: one.field for one in REMOTE_SETTINGS}
_NO_NETWORK: Final = Unavailable(step=Step.CONNECT, reason=Reason.NOT_TRIED, detail="nothing is looked at again")
_COUNTS: Final = frozenset({Severity.WARNING, Severity.ERROR, Severity.CRITICAL})


def check_fixes(report: ClusterReport) -> None:
    """Look at every fix of a report."""
    for remote in report.remotes:
        for result in (*report.results, *remote.results):
            for finding in result.findings:
                for fix in finding.fix:
                    for request in fix.requests:
                        can_be_typed(request)
                    changes_something(fix, finding, remote.evidence)
                    if result.check.startswith("config/"):
                        is_not_refused(fix, finding, report.evidence, remote.evidence)


def can_be_typed(request: Request) -> None:
    """Dev Tools reads the text back as the very call, and Elasticsearch has it."""
    line, _, body = request.console.partition("\n")
    assert line == request.line
    assert "\n\n" not in request.console
    assert (json.loads(body) if body else None) == request.body
    assert any(known.fullmatch(line) for known in CALLS), line
    if line == "PUT _cluster/settings":
        assert request.body
        assert set(request.body) <= {"persistent", "transient"}


def settings_of(request: Request) -> Mapping[str, Any]:
    """The persistent settings that a call changes."""
    if request.line != "PUT _cluster/settings" or request.body is None:
        return {}
    found = request.body.get("persistent", {})
    assert isinstance(found, Mapping)
    return found


def changes_something(fix: Fix, finding: Finding, remote: RemoteEvidence) -> None:
    """No call sets only what is there at that moment."""
    if (
        fix.where is not Where.LOCAL or finding.origin is not None
    ):  # A document is written anew, whatever the cluster has.
        return
    now = registered(remote)
    for request in fix.requests:
        settings = settings_of(request)
        if not settings or (request.body or {}).get("transient"):
            continue
        different = [
            key
            for key, value in settings.items()
            if (key in now if value is None else _is_other(value, now.get(key), remote.remote))
        ]
        assert different, (finding.remedy, settings)
        now = {key: value for key, value in now.items() if settings.get(key, value) is not None}
        now |= {key: _text(value) for key, value in settings.items() if value is not None}


def _is_other(value: Any, now: str | None, remote: Remote) -> bool:
    """Whether a value is another one; what the reader fills in is, and so are several seeds in place of one text with commas."""
    if isinstance(value, list) and tuple(value) != remote.seeds:
        return True
    return bool(_PLACEHOLDER.search(_text(value))) or _text(value) != now


def registered(evidence: RemoteEvidence) -> dict[str, str]:
    """The persistent settings of the remote and, for what is only declared, those too: a null may take them away."""
    remote, registration = evidence.remote, evidence.belief[Registration]
    declared = {remote.setting(key): _text(value) for key, value in remote.settings.items()}
    if isinstance(registration, Unavailable):
        return declared
    elsewhere = {*registration.transient, *registration.file} - {*registration.persistent}
    own = {remote.setting(key): value for key, value in registration.values if key not in elsewhere}
    only_declared = {key: f"{value} (declared)" for key, value in declared.items() if key not in own}
    return only_declared | own | dict.fromkeys(registration.archived, "archived")


def is_not_refused(fix: Fix, finding: Finding, cluster: ClusterEvidence, remote: RemoteEvidence) -> None:
    """With the settings as they are typed, no check of the configuration finds anything that it did not find before."""
    if fix.where is not Where.LOCAL or not any(map(settings_of, fix.requests)) or _PLACEHOLDER.search(fix.console):
        return
    after = remote.remote
    added = {found[1] for one in finding.fix for found in _ADDED.finditer(one.commands)}
    for request in fix.requests:
        after = applied(after, settings_of(request))
    if cluster.cluster.kind is not Kind.SELF_MANAGED and after.alias != remote.remote.alias:
        added.add(after.setting("credentials"))  # The sentence says how: nothing of that is typed.
    if isinstance(cluster.keystore, Keystore):
        cluster = dataclasses.replace(cluster, keystore=Keystore(names=(*cluster.keystore.names, *added)))
    if not after.addresses:
        return  # Taken away: there is no such remote any more.
    before = _failing(cluster, remote, remote.remote)
    new = _failing(cluster, remote, after) - before
    if {_port(one.text) for one in after.addresses} <= {_port(one.text) for one in remote.remote.addresses}:
        new -= _OF_PORTS  # A port that stood there before is judged as soon as the address can be read.
    assert not new, (sorted(new), fix.console)


def _port(address: str) -> str:
    return re.split(r"[:;]", address)[-1]


def applied(remote: Remote, settings: Mapping[str, Any]) -> Remote:
    """The remote with these settings; under another alias it is that remote."""
    known = {
        key: re.fullmatch(r"cluster\.remote\.(.+?)\.(" + "|".join(map(re.escape, _FIELDS)) + ")", key)
        for key in settings
    }
    aliases = [found[1] for key, found in known.items() if found and settings[key] is not None]
    if aliases and aliases[0] != remote.alias:
        remote = dataclasses.replace(remote, alias=aliases[0])
    changes: dict[str, Any] = {}
    for key, found in known.items():
        if found and found[1] == remote.alias:
            changes[_FIELDS[found[2]]] = _of_remote(found[2], settings[key])
    return dataclasses.replace(remote, **changes)


def _of_remote(key: str, value: Any) -> Any:
    if key == "skip_unavailable":
        return None if value is None else _text(value) == "true"
    if key == "seeds":
        return tuple(value or ())
    return _text(value)


def _failing(cluster: ClusterEvidence, evidence: RemoteEvidence, remote: Remote) -> set[str]:
    """The checks of the configuration that fail for a remote of these settings, by the settings alone."""
    values = tuple((key, _text(value)) for key, value in remote.settings.items())
    registration = Registration(alias=remote.alias, persistent=tuple(key for key, _ in values), values=values)
    belief = dataclasses.replace(evidence.belief, registration=registration)
    again = dataclasses.replace(evidence, remote=remote, belief=belief, endpoints=_NO_NETWORK)
    others = tuple(one for one in cluster.cluster.remotes if one.alias not in {remote.alias, evidence.remote.alias})
    whole = dataclasses.replace(
        cluster,
        cluster=dataclasses.replace(cluster.cluster, remotes=(remote, *others)),
        remotes=(again,),
        api=dataclasses.replace(cluster.api, registrations=Registrations(all=(registration,))),
    )
    checks = [check for check in caselib.catalogue().checks if check.group == "config"]
    (judged,) = judge(whole, checks).remotes
    return {r.check for r in judged.results if r.outcome is Outcome.FAIL and r.severity in _COUNTS}


def _text(value: Any) -> str:
    """A setting as Elasticsearch keeps it; several texts are another list than one with commas in it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)

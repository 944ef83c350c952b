"""The check cloud-api/endpoint-differs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    CloudDeployment,
    CloudDeployments,
    Finding,
    RemoteLists,
    Setting,
    SettingsTexts,
    Severity,
    Unavailable,
    listed,
    shorten,
)

_REMOTE: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.(?P<key>proxy_address|proxy|server_name|seeds)")


@dataclass(frozen=True)
class _Configured:
    """One host that a remote is configured with, and the port where there is one."""

    alias: str
    key: str
    host: str
    port: str
    setting: Setting


@check(
    "cloud-api/endpoint-differs",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="documentation: proxy_address and server_name are metadata.endpoint; metadata.ports.transport_passthrough of the deployment",
)
def endpoint_differs(
    settings: SettingsTexts, deployments: CloudDeployments, lists: RemoteLists | Unavailable
) -> Yields:
    """The address of a remote is not the endpoint that its deployment has now.

    Why it matters: a deployment that was made again, or moved, has another endpoint. The proxy of Elastic Cloud finds the cluster by
    the name, so that the old one leads nowhere.

    How to fix: take ``metadata.endpoint`` of the deployment for ``proxy_address`` and ``server_name``.

    Example: ``proxy_address: a1….eu-west-1.aws.found.io:9400``, and ``GET deployments/<id>`` says ``b2….eu-west-1.aws.found.io``.
    """
    known = [one for one in deployments.all if one.endpoints]
    configured = list(_configured(settings))
    if not known or not configured:
        yield NotApplicable("it takes the settings of a remote together with the answer that shows its deployment")
    linked = {} if isinstance(lists, Unavailable) else _linked(lists, known)
    few = len({one.alias for one in configured}) == 1 and len(known) == 1
    open_ones = []
    for one in configured if known else ():
        hit = next((deployment for deployment in known if one.host in deployment.endpoints), None)
        target = linked.get(one.alias) or hit or _moved(one, known)
        if target is not None:
            yield from _judge(one, target, Severity.ERROR)
        elif few:
            yield from _judge(one, known[0], Severity.WARNING)
        else:
            open_ones.append(one.alias)
    if open_ones:
        yield Unknown(f"no document says which deployment is behind {listed(sorted(set(open_ones)))}")


def _configured(settings: SettingsTexts) -> Iterator[_Configured]:
    for setting in (one for text in settings.all for one in text.all):
        found = _REMOTE.fullmatch(setting.key)
        if found is None:
            continue
        for part in setting.parts:
            host, colon, port = part.strip().rpartition(":")
            host, port = (host, port) if colon else (part.strip(), "")
            yield _Configured(found["alias"], found["key"], host.lower(), port, setting)


def _linked(lists: RemoteLists, known: list[CloudDeployment]) -> dict[str, CloudDeployment]:
    """Which deployment is behind an alias, as the remotes in the Cloud API say."""
    by_id = {one.id: one for one in known if one.id}
    remotes = [one for found in lists.all for one in found.remotes]
    return {text_of(one.alias): by_id[id_] for one in remotes if (id_ := text_of(one.deployment_id)) in by_id}


def _moved(one: _Configured, known: list[CloudDeployment]) -> CloudDeployment | None:
    """The deployment whose cluster the first part of a host names, under another domain."""
    first = one.host.partition(".")[0]
    return next(
        (d for d in known if first and first in {d.cluster_id, *(name.partition(".")[0] for name in d.endpoints)}), None
    )


def _judge(one: _Configured, target: CloudDeployment, severity: Severity) -> Iterator[Finding]:
    if one.host not in target.endpoints:
        yield Finding(
            summary=f"{one.key} of {shorten(one.alias, 80)} has the host {shorten(one.host, 100)}; expected {target.endpoints[0]}, the endpoint of the deployment.",
            remedy=f"Write {target.endpoints[0]}.",
            severity=severity,
            origin=one.setting.origin,
            facts={"observed": shorten(one.host), "expected": target.endpoints[0]},
        )
    expected = str(target.transport_port or "")
    right = {expected, "", str(REMOTE_CLUSTER_SERVER)}
    if expected and one.key in {"proxy_address", "proxy"} and one.port not in right:
        yield Finding(
            summary=f"{one.key} of {shorten(one.alias, 80)} has port {shorten(one.port, 20)}; expected {expected} with certificates, as the deployment says, or {REMOTE_CLUSTER_SERVER} with a key.",
            remedy=f"Write {target.endpoints[0]}:{expected}.",
            severity=severity,
            origin=one.setting.origin,
            facts={"observed": shorten(one.port, 20), "expected": expected},
        )

"""The check cloud-api/endpoint-differs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.deployments import deployment_of, name_of
from checks.shared.fixes import on_local, put_settings
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    CLOUD_TRANSPORT,
    REMOTE_CLUSTER_SERVER,
    TRANSPORT_RANGE,
    CloudDeployment,
    CloudDeployments,
    Finding,
    LinkedDeployment,
    LinkedDeployments,
    Mode,
    PlatformKind,
    Remote,
    RemoteLists,
    SecurityModel,
    Setting,
    SettingsTexts,
    Severity,
    Unavailable,
    at_cloud,
    dataclass,
    listed,
    shorten,
)

_REMOTE: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.(?P<key>proxy_address|proxy|server_name|seeds)")


# Parts of the domains that private connections to a deployment go by (AWS, Azure, Google Cloud).
_PRIVATE_ZONES: Final = (".vpce.", ".privatelink.", ".psc.", ".private.")


@dataclass(frozen=True)
class _Configured:
    """One host that a remote is configured with, and the port where there is one."""

    alias: str
    key: str
    host: str
    port: str
    setting: Setting


def _in_documents(settings: SettingsTexts, deployments: CloudDeployments, lists: RemoteLists | Unavailable) -> Yields:
    """Compare the settings of remotes in documents with the deployments that documents and platforms show."""
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


@check(
    "cloud-api/endpoint-differs",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.API_CLOUD),
    tags=("documents", "cloud", "platform"),
    source="documentation: proxy_address and server_name are metadata.endpoint; metadata.ports.transport_passthrough of the deployment",
    explains=("network/*", "tls/*", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_DNS,
    while_connected=Severity.WARNING,
    in_documents=_in_documents,
)
def endpoint_differs(remote: Remote, linked: LinkedDeployments) -> Yields:
    """The address of a remote is not the endpoint that its deployment has now.

    Why it matters: a deployment that was made again, or moved, has another endpoint. The proxy of Elastic Cloud finds the cluster by
    the name, so that the old one leads nowhere.

    How to fix: take ``metadata.endpoint`` of the deployment for ``proxy_address`` and ``server_name``.

    Example: ``proxy_address: a1….eu-west-1.aws.found.io:9400``, and ``GET deployments/<id>`` says ``b2….eu-west-1.aws.found.io``.
    """
    found = deployment_of(linked, remote.alias)
    if not isinstance(found, tuple):
        yield found
        return
    target = found[1]
    names = list(_named(remote))
    if not target.endpoints or not names:
        yield NotApplicable(
            "the remote has no address" if target.endpoints else "the platform shows no endpoint of the deployment"
        )
    # The proxy finds the cluster by the name in the handshake, wherever the connection goes: there may be a private way to it.
    routed_by = remote.server_name.strip().lower().rstrip(".") if remote.effective_mode is Mode.PROXY else ""
    by_name = routed_by in target.endpoints
    for setting, host in names if target.endpoints else ():
        private = by_name and setting == "proxy_address" and not at_cloud(host)
        if host in target.endpoints or private or _is_private(host, target):
            continue
        if _is_renamed(found[0], host, target):
            yield NotApplicable("config/ece-cname-changed is about the name that the deployment had before")
            continue
        yield _differs(remote, setting, host, target)
    yield from _port(remote, target)


def _named(remote: Remote) -> Iterator[tuple[str, str]]:
    """Every host that a connection to the remote names, with the setting that it stands in."""
    for address in remote.addresses if remote.proxy else remote.dialled:
        if address.host:
            yield address.setting, address.host.lower().rstrip(".")
    if remote.server_name and remote.effective_mode is Mode.PROXY:
        yield "server_name", remote.server_name.strip().lower().rstrip(".")


def _is_private(host: str, target: CloudDeployment) -> bool:
    """Whether it is the name of the cluster in a private zone, which the platform shows nowhere."""
    first, _, domain = host.partition(".")
    return first in _firsts(target) and any(sign in f".{domain}" for sign in _PRIVATE_ZONES)


def _firsts(target: CloudDeployment) -> set[str]:
    return {target.cluster_id, *(name.partition(".")[0] for name in target.endpoints)}


def _is_renamed(found: LinkedDeployment, host: str, target: CloudDeployment) -> bool:
    """Whether it is the same cluster under another domain of the same installation."""
    return found.kind is PlatformKind.ECE and host.partition(".")[0] in _firsts(target)


def _differs(remote: Remote, setting: str, host: str, target: CloudDeployment) -> Finding:
    endpoint = target.endpoints[0]
    port = (
        REMOTE_CLUSTER_SERVER
        if remote.security_model is SecurityModel.API_KEY
        else target.transport_port or CLOUD_TRANSPORT
    )
    value = (
        endpoint
        if setting == "server_name"
        else f"{endpoint}:1"
        if setting.startswith("seeds")
        else f"{endpoint}:{port}"
    )
    key = setting.partition("[")[0]
    return Finding(
        summary=f"{setting} has the host {shorten(host, 100)}; expected {endpoint}, the endpoint of the deployment {name_of(target)}.",
        remedy=f"Write {value} for {key}.",
        fix=on_local(put_settings({remote.setting(key): [value] if key == "seeds" else value}))
        if remote.registered
        else (),
        severity=Severity.ERROR,
        facts={"observed": shorten(host), "expected": endpoint, "deployment": shorten(target.id, 60)},
    )


def _port(remote: Remote, target: CloudDeployment) -> Yields:
    """With certificates the port is the one that the deployment shows."""
    expected = target.transport_port
    if expected is None or remote.security_model is not SecurityModel.CERTIFICATE:
        return
    for address in remote.addresses:
        of_proxy = address.setting in {"proxy_address", "proxy"}
        if address.port in TRANSPORT_RANGE:
            yield NotApplicable(f"config/cloud-port-9300 is about port {address.port}")
        elif of_proxy and address.host in target.endpoints and address.port != expected:
            yield Finding(
                summary=f"{address.setting} has port {address.port}; expected {expected}, the transport_passthrough port of the deployment.",
                remedy=f"Write {address.host}:{expected} for {address.setting}.",
                severity=Severity.ERROR,
                facts={"observed": address.port or 0, "expected": expected},
            )


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

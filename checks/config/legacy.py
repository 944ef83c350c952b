"""Sniff mode where it does not fit: behind a proxy, and in the form from before there was proxy mode."""

from __future__ import annotations

from collections.abc import Iterator

from checks.causes import NO_CONNECTION
from checks.remedies import Setting, put_settings
from checks.tables import docs, versions
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Address,
    Finding,
    Kind,
    LocalCluster,
    LocalVersion,
    Mode,
    Remote,
    RemoteEvidence,
    RemoteVersion,
    SecurityModel,
    Severity,
    Unavailable,
    is_ip,
    mask_userinfo,
    shorten,
)

_BEHIND_PROXY = (Kind.HOSTED, Kind.ECE)
_PASSTHROUGH_PORT = 9400
_LEGACY_SEED_PORT = 1


@check(
    "config/sniff-to-proxied-endpoint",
    severity=Severity.ERROR,
    applies=Applies.settings(remote_kinds=(*_BEHIND_PROXY, Kind.ECK)),
    docs=(docs.MODES, docs.EC_SELF),
    tags=("mode",),
    source="documentation: connection modes; kibana#156356",
    explains=("network/sniff-publish-unreachable", *NO_CONNECTION),
)
def sniff_to_proxied_endpoint(
    cluster: LocalCluster,
    about: RemoteEvidence,
    remote: Remote,
    local: LocalVersion | Unavailable,
    other: RemoteVersion | Unavailable,
) -> Yields:
    """A remote behind a Cloud proxy, or inside Kubernetes, is configured in sniff mode.

    Why it matters: in sniff mode the seed tells the addresses of the nodes, and the local cluster connects to those. Behind a
    proxy they are private, so nothing but the first connection works. On ECK they are those of pods, which only Kubernetes reaches:
    a warning for a local cluster that is not on ECK itself, and nothing where it is connected all the same.

    How to fix: use mode ``proxy`` with the one address of the deployment.

    Example: ``seeds: ["4fa0.eu-west-1.aws.example:9400"]`` for a hosted deployment.
    """
    if remote.effective_mode is Mode.PROXY:
        return
    if not remote.seeds:
        yield NotApplicable("there are no seeds")
    elif remote.kind is Kind.ECK:
        yield from _sniffed_pods(cluster, about, local)
    elif remote.proxy and isinstance(local, LocalVersion) and local.number < versions.SERVER_NAME.since:
        # Proxy mode of 7.6 knows no server_name, without which a Cloud proxy can't tell the deployments apart.
        yield NotApplicable(
            f"local release {local.number} has no proxy mode with a server name, seeds with proxy stand in for it"
        )
    elif isinstance(other, RemoteVersion) and other.number < versions.PROXY_MODE.since:
        yield NotApplicable(f"the remote cluster runs {other.number}, see config/legacy-sniff-invalid")
    elif remote.proxy and isinstance(other, Unavailable):
        yield Unknown(f"seeds with proxy were right for a remote below {versions.PROXY_MODE.since}: {other}")
    else:
        yield Finding(
            summary=f"The remote is of kind {remote.kind}, behind a proxy, and in sniff mode; expected mode proxy with one proxy_address.",
            remedy=_to_proxy_mode(remote, local),
            facts={
                "setting": remote.setting("mode"),
                "observed": "sniff",
                "expected": "proxy",
                "kind": str(remote.kind),
            },
        )


def _sniffed_pods(cluster: LocalCluster, about: RemoteEvidence, local: LocalVersion | Unavailable) -> Yields:
    remote = about.remote
    if cluster.kind is Kind.ECK:
        yield NotApplicable("both clusters are on ECK, where pods may reach each other")
    elif not about.connection_stands and not remote.proxy:
        yield Finding(
            summary=f"The remote is on ECK, the local cluster is {cluster.kind}, and the mode is sniff: its pods publish addresses that "
            "mostly nobody outside of Kubernetes reaches; expected mode proxy with the address of its service.",
            remedy=_to_proxy_mode(remote, local),
            severity=Severity.WARNING,
            facts={
                "setting": remote.setting("mode"),
                "observed": "sniff",
                "expected": "proxy",
                "kind": str(remote.kind),
            },
        )


@check(
    "config/legacy-sniff-invalid",
    severity=Severity.ERROR,
    applies=Applies.settings(remote_kinds=_BEHIND_PROXY),
    docs=(docs.EC_SELF, docs.MODES),
    tags=("mode", "legacy"),
    source="Elastic Cloud documentation: remotes above 6.7.0 and below 7.6.0; Elasticsearch SniffConnectionStrategy",
    explains=NO_CONNECTION,
)
def legacy_sniff_invalid(remote: Remote, other: RemoteVersion) -> Yields:
    """A remote of 6.7 to 7.5 behind a Cloud proxy lacks the form of settings that this age needs.

    Why it matters: these releases are reached in sniff mode through a proxy: one seed, the server name with port 1 as a mere
    label, and ``proxy`` with the real address. It exists with TLS certificates only. Anything else never connects.

    How to fix: set ``seeds`` to ``[<endpoint>:1]`` and ``proxy`` to ``<endpoint>:9400``; or upgrade the remote and use mode ``proxy``.

    Example: ``seeds: ["4fa0.example:9400"]`` without ``proxy`` for a remote that runs 7.3.
    """
    if not versions.LEGACY_SNIFF.since <= other.number < versions.PROXY_MODE.since:
        yield NotApplicable(f"the remote cluster runs {other.number}, outside of 6.7 to 7.5")
        return
    faults = tuple(_legacy_faults(remote))
    if faults:
        at_bound = other.number == versions.LEGACY_SNIFF.since
        yield Finding(
            summary=(
                f"A remote behind a proxy that runs {other.number} needs sniff mode with one seed <endpoint>:1 "
                f"and proxy <endpoint>:9400, but {'; '.join(faults)}."
            ),
            remedy=_legacy_remedy(remote),
            severity=Severity.INFO if at_bound else Severity.ERROR,  # The documented window begins above 6.7.0.
            facts={"remote_version": str(other.number), "faults": faults},
        )


def _legacy_faults(remote: Remote) -> Iterator[str]:
    if remote.security_model is SecurityModel.API_KEY:
        yield "the security model is api_key, this form exists with certificates only"
    if remote.effective_mode is not Mode.SNIFF:
        yield "mode is proxy"
    seeds, proxy = _addresses(remote, "seeds"), _addresses(remote, "proxy")
    endpoint = proxy[0].host if proxy else None
    if len(seeds) != 1:
        yield f"there are {len(seeds)} seeds"
    elif seeds[0].port != _LEGACY_SEED_PORT:
        yield f"the seed is {shorten(mask_userinfo(seeds[0].text))}, without port 1"
    elif endpoint and (seeds[0].host or "").lower() != endpoint.lower():
        yield f"the seed names {shorten(seeds[0].host or '')}, proxy {shorten(endpoint)}"
    if not proxy:
        yield "proxy is not set"
    elif proxy[0].port != _PASSTHROUGH_PORT:
        yield f"proxy is {shorten(mask_userinfo(proxy[0].text))}, without port {_PASSTHROUGH_PORT}"


def _addresses(remote: Remote, setting: str) -> list[Address]:
    return [address for address in remote.addresses if address.setting.partition("[")[0] == setting]


def _legacy_remedy(remote: Remote) -> str:
    order = [*_addresses(remote, "proxy"), *_addresses(remote, "proxy_address"), *_addresses(remote, "seeds")]
    endpoint = next((address.host for address in order if address.host), "<endpoint>")
    values: dict[str, Setting] = {
        "seeds": [f"{endpoint}:{_LEGACY_SEED_PORT}"],
        "proxy": f"{endpoint}:{_PASSTHROUGH_PORT}",
    }
    values |= {"mode": Mode.SNIFF.value} if remote.effective_mode is Mode.PROXY else {}
    values |= {name: None for name in ("proxy_address", "server_name") if getattr(remote, name)}
    call = put_settings({remote.setting(name): value for name, value in values.items()})
    if remote.security_model is SecurityModel.API_KEY:
        return f"Use the certificate model for this remote, or upgrade it. With certificates: {call}"
    return call


@check(
    "config/legacy-sniff-on-modern",
    severity=Severity.WARNING,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.MODES, docs.SETTINGS),
    tags=("mode", "legacy"),
    source="Elasticsearch SniffConnectionStrategy: cluster.remote.*.proxy; elasticsearch#50391",
)
def legacy_sniff_on_modern(
    remote: Remote, local: LocalVersion | Unavailable, other: RemoteVersion | Unavailable
) -> Yields:
    """Sniff mode goes through ``proxy``, although both clusters have proxy mode.

    Why it matters: ``cluster.remote.<alias>.proxy`` is a leftover from before 7.6: undocumented, and its server name has come from
    different settings in different releases. It can stop working at an upgrade.

    How to fix: change to mode ``proxy`` in one request; connections drop for a moment.

    Example: ``seeds: ["logs.example:1"]`` and ``proxy: logs.example:9400`` with both clusters at 8.15.
    """
    if not remote.proxy:
        yield NotApplicable("proxy is not set")
        return
    known = [side.number for side in (local, other) if not isinstance(side, Unavailable)]
    behind = remote.kind in _BEHIND_PROXY
    first = versions.SERVER_NAME.since if behind else versions.PROXY_MODE.since
    if isinstance(local, LocalVersion) and local.number < first:
        return  # Behind a Cloud proxy, proxy mode does not work without the server name that came with 7.7.
    if any(number < versions.PROXY_MODE.since for number in known):
        return
    unknown = [str(side) for side in (local, other) if isinstance(side, Unavailable)]
    if unknown:
        yield Unknown("; ".join(dict.fromkeys(unknown)))
    else:
        yield Finding(
            summary=(
                f"proxy is set to {shorten(mask_userinfo(remote.proxy))} in sniff mode, a form from before 7.6; "
                f"both clusters are newer (local {known[0]}, remote {known[1]}): expected mode proxy with proxy_address."
            ),
            remedy=_to_proxy_mode(remote, local),
            facts={
                "setting": remote.setting("proxy"),
                "observed": shorten(mask_userinfo(remote.proxy)),
                "local_version": str(known[0]),
                "remote_version": str(known[1]),
            },
        )


def _to_proxy_mode(remote: Remote, local: LocalVersion | Unavailable) -> str:
    address = next(iter(_addresses(remote, "proxy") or _addresses(remote, "seeds")), None)
    values: dict[str, Setting] = {
        "mode": Mode.PROXY.value,
        "proxy_address": address.text if address else "<host:port>",
    }
    if isinstance(local, Unavailable) or local.number >= versions.SERVER_NAME.since:
        hosts = [one.host for one in (*_addresses(remote, "seeds"), *_addresses(remote, "proxy"))]
        names = [host for host in hosts if host and not is_ip(host)]
        values["server_name"] = next(iter(names), "<name in the certificate of the remote>")
    values |= {name: None for name in ("seeds", "proxy") if getattr(remote, name)}
    return put_settings({remote.setting(name): value for name, value in values.items()})


CHECKS = (sniff_to_proxied_endpoint, legacy_sniff_invalid, legacy_sniff_on_modern)

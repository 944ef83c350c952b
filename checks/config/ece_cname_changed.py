"""The check config/ece-cname-changed."""

from __future__ import annotations

from checks.shared.deployments import deployment_of, name_of, platform_of
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CloudDeployment,
    Finding,
    LinkedDeployments,
    Platform,
    PlatformKind,
    Platforms,
    Remote,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/ece-cname-changed",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.ECE_ENDPOINTS, docs.ECE_CERTIFICATES),
    tags=("cloud", "platform", "ece"),
    source="documentation: change endpoint URLs; its API: metadata.endpoint, GET platform/configuration/security/tls/proxy",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", "network/dns-nxdomain"),
)
def ece_cname_changed(remote: Remote, linked: LinkedDeployments, platforms: Platforms | Unavailable) -> Yields:
    """The names of the deployments of an installation changed, and the remote still has the one of before.

    Why it matters: the old name may still lead to the proxies for a while. Their certificate is for the new names, so that the handshake fails
    sooner or later.

    How to fix: take the endpoint that the deployment has now for ``proxy_address`` and ``server_name``, and see that the certificate of the
    proxies has its domain.

    Example: the installation moved from ``ip.es.io`` to ``ece.example``.
    """
    found = deployment_of(linked, remote.alias)
    if not isinstance(found, tuple):
        yield found
        return
    link, target = found
    if link.kind is not PlatformKind.ECE:
        yield NotApplicable("only an installation of Elastic Cloud Enterprise changes the names of its deployments")
        return
    for setting, host in _hosts(remote):
        if host not in target.endpoints and host.partition(".")[0] in {
            name.partition(".")[0] for name in target.endpoints
        }:
            yield _finding(remote, setting, host, target, platform_of(platforms, link))
    yield from _certificate(target, platform_of(platforms, link))


def _hosts(remote: Remote) -> list[tuple[str, str]]:
    hosts = [(one.setting, one.host.lower().rstrip(".")) for one in remote.dialled if one.host]
    name = remote.server_name.strip().lower().rstrip(".")
    return [*hosts, ("server_name", name)] if name else hosts


def _finding(remote: Remote, setting: str, host: str, target: CloudDeployment, platform: Platform | None) -> Finding:
    endpoint = target.endpoints[0]
    still = _covers(platform, host)
    tail = {
        True: ", and the certificate of the proxies still has the old one",
        False: ", and the certificate of the proxies does not have the old one",
        None: "",
    }[still]
    ports = {one.setting: one.port for one in remote.dialled}
    value = endpoint if setting == "server_name" else f"{endpoint}:{ports[setting]}"
    return Finding(
        summary=f"{setting} has {shorten(host, 100)}, and the deployment {name_of(target)} is called {endpoint} now{tail}; expected the new name.",
        remedy=f"Write {endpoint} there; upload a certificate with its domain for the proxies, if the one that they have does not cover it.",
        fix=on_local(put_settings({remote.setting(setting.partition("[")[0]): value}))
        if not setting.startswith("seeds")
        else (),
        severity=Severity.INFO if still else Severity.WARNING,
        facts={"observed": shorten(host), "expected": endpoint},
    )


def _certificate(target: CloudDeployment, platform: Platform | None) -> Yields:
    """Whether the proxies present a certificate for the name that the deployment has now."""
    if platform is None or not target.endpoints:
        return
    proxy = platform.proxy
    if isinstance(proxy, Unavailable):
        yield missing(proxy)
    elif not proxy.chain:
        yield Unknown(f"the platform {shorten(platform.name, 60)} shows no certificate of its proxies")
    elif _covers(platform, target.endpoints[0]) is False:
        made = "that somebody supplied" if proxy.own else "that the installation made"
        yield Finding(
            summary=f"The certificate of the proxies of {shorten(platform.name, 60)}, {made}, has not {target.endpoints[0]}, the endpoint of the "
            "deployment; expected it among its names.",
            remedy="Upload a certificate for the proxies that has the domain of the deployments, with a star for their names.",
            severity=Severity.WARNING,
            facts={"observed": made, "expected": target.endpoints[0]},
        )


def _covers(platform: Platform | None, host: str) -> bool | None:
    """Whether the certificate of the proxies is for a name; None where it is not known."""
    if platform is None or isinstance(platform.proxy, Unavailable) or not platform.proxy.chain:
        return None
    return platform.proxy.chain[0].covers(host)

"""The check config/legacy-sniff-invalid."""

from __future__ import annotations

from collections.abc import Iterator

from checks.config._legacy import BEHIND_PROXY, addresses
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Remedy, Setting, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    CLOUD_TRANSPORT,
    LEGACY_SNIFF,
    PROXY_MODE,
    Finding,
    Mode,
    Remote,
    RemoteVersion,
    SecurityModel,
    Severity,
    mask_userinfo,
    shorten,
)

_LEGACY_SEED_PORT = 1


@check(
    "config/legacy-sniff-invalid",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=Applies.settings(remote_kinds=BEHIND_PROXY),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.CONNECTION_MODES),
    tags=("mode", "legacy"),
    source="Elastic Cloud documentation: remotes above 6.7.0 and below 7.6.0; Elasticsearch SniffConnectionStrategy",
    explains=NO_CONNECTION,
)
def legacy_sniff_invalid(remote: Remote, remote_version: RemoteVersion) -> Yields:
    """A remote of 6.7 to 7.5 behind a Cloud proxy lacks the form of settings that this age needs.

    Why it matters: these releases are reached in sniff mode through a proxy: one seed, the server name with port 1 as a mere
    label, and ``proxy`` with the real address. It exists with TLS certificates only. Anything else never connects.

    How to fix: set ``seeds`` to ``[<endpoint>:1]`` and ``proxy`` to ``<endpoint>:9400``; or upgrade the remote and use mode ``proxy``.

    Example: ``seeds: ["4fa0.example:9400"]`` without ``proxy`` for a remote that runs 7.3.
    """
    if not LEGACY_SNIFF.since <= remote_version.number < PROXY_MODE.since:
        yield NotApplicable(f"the remote cluster runs {remote_version.number}, outside of 6.7 to 7.5")
        return
    faults = tuple(_legacy_faults(remote))
    if faults:
        at_bound, how = remote_version.number == LEGACY_SNIFF.since, _legacy_remedy(remote)
        yield Finding(
            summary=(
                f"A remote behind a proxy that runs {remote_version.number} needs sniff mode with one seed <endpoint>:1 "
                f"and proxy <endpoint>:9400, but {'; '.join(faults)}."
            ),
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.INFO if at_bound else Severity.ERROR,  # The documented window begins above 6.7.0.
            facts={"remote_version": str(remote_version.number), "faults": faults},
        )


def _legacy_faults(remote: Remote) -> Iterator[str]:
    if remote.security_model is SecurityModel.API_KEY:
        yield "the security model is api_key, this form exists with certificates only"
    if remote.effective_mode is not Mode.SNIFF:
        yield "mode is proxy"
    seeds, proxy = addresses(remote, "seeds"), addresses(remote, "proxy")
    endpoint = proxy[0].host if proxy else None
    if len(seeds) != 1:
        yield f"there are {len(seeds)} seeds"
    elif seeds[0].port != _LEGACY_SEED_PORT:
        yield f"the seed is {shorten(mask_userinfo(seeds[0].text))}, without port 1"
    elif endpoint and (seeds[0].host or "").lower() != endpoint.lower():
        yield f"the seed names {shorten(seeds[0].host or '')}, proxy {shorten(endpoint)}"
    if not proxy:
        yield "proxy is not set"
    elif proxy[0].port != CLOUD_TRANSPORT:
        yield f"proxy is {shorten(mask_userinfo(proxy[0].text))}, without port {CLOUD_TRANSPORT}"


def _legacy_remedy(remote: Remote) -> Remedy:
    order = [*addresses(remote, "proxy"), *addresses(remote, "proxy_address"), *addresses(remote, "seeds")]
    endpoint = next((address.host for address in order if address.host), "<endpoint>")
    values: dict[str, Setting] = {
        "seeds": [f"{endpoint}:{_LEGACY_SEED_PORT}"],
        "proxy": f"{endpoint}:{CLOUD_TRANSPORT}",
    }
    values |= {"mode": Mode.SNIFF.value} if remote.effective_mode is Mode.PROXY else {}
    values |= {name: None for name in ("proxy_address", "server_name") if getattr(remote, name)}
    there = {name: list(value) if isinstance(value, tuple) else value for name, value in remote.settings.items()}
    changes = any(there.get(name) != value for name, value in values.items())
    call = put_settings({remote.setting(name): value for name, value in values.items()})
    if remote.security_model is SecurityModel.API_KEY:
        return Remedy(
            "Use the certificate model for this remote, or upgrade it.",
            on_local(call, when="with certificates") if changes else (),
        )
    return Remedy("Register it in the form that this release needs.", on_local(call))

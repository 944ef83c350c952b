"""The second hop of mode sniff: the seed only tells which nodes there are, and the connections go to the addresses that these publish."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from diag.evidence.address.endpoint import PUBLISH_HOST
from diag.isolate import isolate
from diag.model import (
    Endpoint,
    EndpointEvidence,
    Endpoints,
    Identity,
    Mode,
    Nodes,
    Probe,
    Published,
    PublishedEndpoint,
    PublishedEndpoints,
    Reason,
    Remote,
    RemoteApi,
    Resolution,
    Step,
    Unavailable,
    is_ip,
    nodes_behind,
    published_by,
)

# A sniffing cluster keeps connections to three nodes; so many are looked at that a few bad ones show.
_MAX_ITEMS: Final = 16
_NO_SECOND_HOP: Final = Unavailable(
    step=Step.CONNECT,
    reason=Reason.NOT_REQUESTED,
    detail="connections go to the configured address: there is no second hop",
)
_NOT_PUBLISHED: Final = Unavailable(
    step=Step.CONNECT,
    reason=Reason.NOT_DECLARED,
    detail="the addresses that the nodes publish are not known: a node reports them for an accepted API key, "
    "or the API of the remote where its url is configured",
)

# Looks at an endpoint whose resolution may be known already.
ProbeEndpoint = Callable[[Endpoint, Resolution | None], Awaitable[EndpointEvidence]]


async def second_hop(
    remote: Remote, endpoints: Endpoints | Unavailable, api: RemoteApi, probe_endpoint: ProbeEndpoint
) -> PublishedEndpoints | Unavailable:
    """Look at each address that the nodes publish, as a sniffing cluster would connect to it."""
    if remote.effective_mode is not Mode.SNIFF or remote.proxy or not remote.seeds:
        return _NO_SECOND_HOP
    if isinstance(endpoints, Unavailable):
        return endpoints
    opened = [probe for probe in endpoints.probes if not isinstance(probe.connection, Unavailable)]
    if not opened:
        why = next((probe.connection for probe in endpoints.probes), _NOT_PUBLISHED)
        return why if isinstance(why, Unavailable) else _NOT_PUBLISHED
    published = published_by(remote.security_model, opened, nodes_behind(opened, api[Identity], api[Nodes]))
    if not published:
        return _NOT_PUBLISHED
    return await isolate(_probe_all(published, endpoints, probe_endpoint), lambda why: why)


async def _probe_all(
    published: tuple[Published, ...], endpoints: Endpoints, probe_endpoint: ProbeEndpoint
) -> PublishedEndpoints | Unavailable:
    chosen = published[:_MAX_ITEMS]
    seen = await asyncio.gather(*(_probe_published(one, endpoints, probe_endpoint) for one in chosen))
    return PublishedEndpoints(
        all=tuple(PublishedEndpoint(told=one, evidence=found) for one, found in zip(chosen, seen, strict=True)),
        left_out=len(published) - len(chosen),
    )


async def _probe_published(one: Published, endpoints: Endpoints, probe_endpoint: ProbeEndpoint) -> EndpointEvidence:
    """Look at one address; where the look at a seed was the same in all but the names, that one serves."""
    wanted = one.server_name.strip() or one.name
    endpoint = Endpoint(
        setting=PUBLISH_HOST,
        host=one.name,
        port=one.port or 0,
        server_name="" if is_ip(wanted) else wanted,
        names=tuple(dict.fromkeys((wanted, one.name))),
    )
    # Elasticsearch connects to the IP address that the node gives, and looks no name up.
    resolution = Resolution(addresses=(one.host,), literal=True) if is_ip(one.host) else None
    same = _already_probed(one, endpoint, endpoints)
    if resolution is not None and same is not None:
        return EndpointEvidence(endpoint=endpoint, resolution=resolution, probes=(same,))
    return await probe_endpoint(endpoint, resolution)


def _already_probed(one: Published, endpoint: Endpoint, endpoints: Endpoints) -> Probe | None:
    for known in endpoints.all:
        if known.endpoint.server_name == endpoint.server_name:
            for probe in known.probes:
                if (probe.ip, probe.port) == (one.host, one.port):
                    return probe
    return None

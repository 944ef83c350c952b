"""What a platform tells in a case.

``platform`` in ``given`` is a patch on tests/cases/base/platform.yaml::

    kind: ece                  # ech | ece
    organization: {filters: [{id: f1, …}]}     # fields of LabOrganization
    local: {status: stopped}   # fields of LabDeployment: the deployment of the local cluster; that of the remote under ``remote``
    others: [{id: …}]          # further deployments that the key sees
    links: {remote: null}      # which deployments the configuration names; null: none
    remote_platform: {kind: ece, organization: {…}}    # where the remote is on another platform than the local cluster
    kubernetes: [{apiVersion: …, kind: Elasticsearch, …}]   # the objects of a Kubernetes, in place of all the others; links are namespace/name
    namespaces: [ns1]          # those of the Kubernetes that are read; left out, all of them
    lost: {keystore: {unavailable: …, step: api, reason: forbidden}}   # calls whose path ends so bring that

It goes the way of a round: the calls are made, and what would be answered is read. Only nobody is asked.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import TypeAdapter

from diag.collect import ApiTarget, ProbeTarget
from diag.collect.configured import Configured
from diag.collect.platforms.asking import ask_platforms
from diag.collect.platforms.kubernetes_calls import Resource
from diag.collect.platforms.platform_evidence import PlatformEvidence
from diag.collect.session import ApiSession
from diag.config import ClusterConfig, PlatformConfig, RemoteConfig, SecretRef
from diag.evidence.call import Answer, Answers, Call
from diag.lab.organization import LabDeployment, LabOrganization
from diag.model import ClusterEvidence, PlatformKind, Probe, Reason, Resolution, Step, Unavailable

KUBERNETES = "https://house.example"
_KINDS = {
    Resource.ELASTICSEARCH: "Elasticsearch",
    Resource.SERVICE: "Service",
    Resource.POLICY: "NetworkPolicy",
    Resource.CERTIFICATE: "Certificate",
}
# A token has to be there for anything to be asked; what it is, nobody sees.
_EXISTING = "PATH"
_ABSENCE: TypeAdapter[Unavailable] = TypeAdapter(Unavailable)


class _Answering:
    """A network on which one platform answers what an organization would."""

    def __init__(
        self,
        organizations: dict[str, LabOrganization],
        lost: dict[str, Unavailable],
        objects: Any = (),
        namespaces: Any = (),
    ) -> None:
        self._answers: dict[str, dict[str, Any]] = {url: one.answers() for url, one in organizations.items()}
        self._answers[KUBERNETES] = {
            resource.call(namespace).path.partition("?")[0]: {
                "kind": f"{kind}List",
                "metadata": {},
                "items": [
                    one
                    for one in objects
                    if one["kind"] == kind and namespace in {"", one["metadata"].get("namespace", "default")}
                ],
            }
            for resource, kind in _KINDS.items()
            for namespace in ("", *namespaces)
        }
        self._lost = lost

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Nobody is looked up."""
        raise NotImplementedError

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Nobody is dialled."""
        raise NotImplementedError

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Answer by path."""
        return {call: Answer(value=self._answer(target, call)) for call in calls}

    def _answer(self, target: ApiTarget, call: Call) -> object:
        path = call.path.partition("?")[0]
        for end, why in self._lost.items():
            if path.endswith(end):
                return why
        nothing = Unavailable(
            step=Step.API, reason=Reason.NOT_FOUND, detail=f"{call.name}: nothing is there (404)", call=call.name
        )
        return self._answers[target.url].get(path, nothing)


def told(given: dict[str, Any], evidence: ClusterEvidence) -> PlatformEvidence:
    """Give what the platform tells of the clusters of a case."""
    lost = {end: _unavailable(one) for end, one in given.pop("lost", {}).items()}
    kind, links, elsewhere = given.pop("kind"), given.pop("links"), given.pop("remote_platform", None)
    if (objects := given.pop("kubernetes", None)) is not None:
        namespaces = given.pop("namespaces", ())
        house = PlatformConfig(
            name="house",
            kind=PlatformKind.KUBERNETES,
            url=KUBERNETES,
            token=SecretRef(env=_EXISTING),
            namespaces=tuple(namespaces),
        )
        return _asked([house], links, evidence, _Answering({}, lost, objects, namespaces))
    remote = next(iter(evidence.remotes)).remote
    address = next((one.parts for one in remote.dialled if one.parts), ("logs.example", 9400))
    there = {"endpoint": address[0], "transport_port": address[1], **given.pop("remote")}
    deployments = [LabDeployment(**one) for one in (given.pop("local"), *given.pop("others", []))]
    on_own = [] if elsewhere else [LabDeployment(**there)]
    organizations = {"cloud": _organization(kind, [*deployments, *on_own], given.pop("organization"))}
    if elsewhere is not None:
        organizations["elsewhere"] = _organization(
            elsewhere["kind"], [LabDeployment(**there)], elsewhere["organization"]
        )
    if given:
        msg = f"unknown keys in platform: {sorted(given)}"
        raise KeyError(msg)
    platforms = [
        PlatformConfig(
            name=name,
            kind=PlatformKind.ECE if one.is_installation else PlatformKind.ECH,
            url=f"https://{name}.example",
            api_key=SecretRef(env="KEY"),
        )
        for name, one in organizations.items()
    ]
    network = _Answering({one.address: organizations[one.name] for one in platforms}, lost)
    return _asked(platforms, links, evidence, network)


def _asked(
    platforms: list[PlatformConfig], links: dict[str, Any], evidence: ClusterEvidence, network: _Answering
) -> PlatformEvidence:
    cluster = ClusterConfig(name=evidence.cluster.name, deployment=links["local"])
    on = platforms[-1].name
    chosen = [
        Configured(
            config=RemoteConfig(alias=one.remote.alias, platform=on, deployment=links["remote"]), remote=one.remote
        )
        for one in evidence.remotes
    ]
    asking = ask_platforms(platforms, cluster, chosen, ApiSession(network=network, seconds=1.0, end=None))
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, asking).result()


def _organization(kind: str, deployments: list[LabDeployment], given: dict[str, Any]) -> LabOrganization:
    return LabOrganization(deployments=deployments, is_installation=kind == "ece", **given)


def _unavailable(one: dict[str, Any]) -> Unavailable:
    more = {key: value for key, value in one.items() if key != "unavailable"}
    return _ABSENCE.validate_python({"step": "api", "reason": "forbidden", **more, "detail": one["unavailable"]})

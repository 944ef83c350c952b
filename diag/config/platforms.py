"""The platforms that run clusters, as configured: Elastic Cloud, installations of Elastic Cloud Enterprise, Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

from diag.config.base import Model
from diag.config.config_problems import Key, Problem, path_of, shown
from diag.config.form import Field, model_validator
from diag.config.readers import BeforeValidator, refuse
from diag.config.secrets import FilledSecret
from diag.config.values import File, Files, Flag, Name, OptionalItems, Url, one_of
from diag.config.yaml_source import Tree
from diag.model import PlatformKind

# The address of the public API; documentation: Elastic Cloud API (host and basePath of its description).
ELASTIC_CLOUD: Final = "https://api.elastic-cloud.com"
# A label of RFC 1123, as Kubernetes wants it of a namespace; nothing else gets into the path of a call.
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_RESOURCE: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?")  # A subdomain of RFC 1123.
_WAYS_IN: Final = "url with token, kubeconfig, or in_cluster: true"
PlatformKindName = Annotated[PlatformKind, BeforeValidator(one_of(PlatformKind))]


class PlatformConfig(Model):
    """One platform: where its API is, and the key to read it."""

    name: Name = Field(description="The name of the platform, as clusters and remotes name it.")
    kind: PlatformKindName = Field(
        default=PlatformKind.ECH,
        description="ech: Elastic Cloud Hosted; ece: an installation of Elastic Cloud Enterprise; kubernetes: ECK.",
    )
    url: Url | None = Field(
        default=None,
        description=f"The address of its API; left out with ech, {ELASTIC_CLOUD}. The path /api/v1 may be left out.",
    )
    api_key: FilledSecret | None = Field(
        default=None, description="With ech and ece: a key that may read deployments, a viewer's."
    )
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")
    token: FilledSecret | None = Field(
        default=None, description="With kubernetes and url: the token of a ServiceAccount."
    )
    kubeconfig: File | None = Field(
        default=None,
        description="With kubernetes, in place of url: a file as kubectl reads it, with a token or a client certificate in it.",
    )
    context: Name | None = Field(default=None, description="The context of kubeconfig; left out, its current one.")
    in_cluster: Flag = Field(
        default=False,
        description="With kubernetes, in place of url: diag runs in a pod there, and uses its ServiceAccount.",
    )
    namespaces: OptionalItems[Name] = Field(
        default=(), description="With kubernetes: the namespaces that are read; left out, all of them."
    )

    @model_validator(mode="after")
    def _has_address(self) -> PlatformConfig:
        if self.kind is PlatformKind.KUBERNETES:
            problem = self._of_kubernetes()
        elif self.url is None and self.kind is not PlatformKind.ECH:
            problem = "expected url: the address of the API of this installation, such as https://ece.example:12443"
        elif any((self.token, self.kubeconfig, self.context, self.in_cluster, self.namespaces)):
            problem = "expected token, kubeconfig, context, in_cluster and namespaces with kind: kubernetes alone"
        else:
            problem = "" if self.api_key is not None else "expected api_key: a key that may read deployments"
        if problem:
            raise refuse(problem)
        return self

    def _of_kubernetes(self) -> str:
        """What is wrong with the way into Kubernetes, empty where nothing is."""
        ways = [self.url is not None, self.kubeconfig is not None, self.in_cluster]
        if ways.count(True) != 1 or (self.url is None) is not (self.token is None):
            return f"expected one of {_WAYS_IN}"
        if self.api_key is not None:
            return f"api_key is one of Elastic Cloud; expected one of {_WAYS_IN}"
        if self.ca and self.url is None:
            return "ca goes with url: kubeconfig and the pod bring their own"
        if self.context is not None and self.kubeconfig is None:
            return "context goes with kubeconfig"
        wrong = [one for one in self.namespaces if not _NAMESPACE.fullmatch(one)]
        return (
            f"expected names of namespaces: letters a to z, digits, dashes; not {shown(('namespaces',), wrong[0])}"
            if wrong
            else ""
        )

    @property
    def is_at_url(self) -> bool:
        """Whether its address stands in the configuration, and not in a kubeconfig or in the pod."""
        return self.kubeconfig is None and not self.in_cluster

    @property
    def address(self) -> str:
        """The address in front of the path of a call, without a slash at its end."""
        return (self.url or ELASTIC_CLOUD).rstrip("/").removesuffix("/api/v1")


def without_platform(tree: Tree, file: str) -> Iterator[Problem]:
    """What names a deployment of a platform that there is not, and a platform without a deployment."""
    platforms = tree.at(("platforms",))
    named = [one.get("name") for one in _mappings(platforms)]
    yield from _wrong_sources(tree, file, _mappings(platforms))
    for key in _places(tree):
        place: Key = (*key, "platform")
        if (name := tree.at(place)) is not None and name not in named:
            yield _problem(
                tree, file, place, f"expected one of platforms: {', '.join(map(str, named)) or 'there is none'}"
            )
        chosen = next((one for one in _mappings(platforms) if one.get("name") == name or len(named) == 1), {})
        reference = tree.at((*key, "deployment"))
        if chosen.get("kind") == PlatformKind.KUBERNETES and isinstance(reference, str) and not is_resource(reference):
            yield _problem(tree, file, (*key, "deployment"), "expected namespace/name of the Elasticsearch resource")
        if tree.at((*key, "deployment")) is None and name is not None:
            yield _problem(tree, file, place, "expected deployment together with platform")
        if tree.at((*key, "deployment")) is not None and name is None and len(named) != 1:
            expected = (
                "platform together with deployment, for there are several"
                if named
                else "platforms, for a deployment is named"
            )
            yield _problem(tree, file, (*key, "deployment"), f"expected {expected}")


def is_resource(reference: str) -> bool:
    """Whether a text names a resource of Kubernetes: namespace/name."""
    namespace, _, name = reference.partition("/")
    return bool(_NAMESPACE.fullmatch(namespace) and _RESOURCE.fullmatch(name))


def _mappings(section: object) -> list[dict[str, object]]:
    return [one for one in section if isinstance(one, dict)] if isinstance(section, list) else []


def _wrong_sources(tree: Tree, file: str, platforms: list[dict[str, object]]) -> Iterator[Problem]:
    """Sources of local clusters whose platform there is not."""
    usable = [one.get("name") for one in platforms]
    sources = tree.at(("discover",))
    for index, one in enumerate(sources if isinstance(sources, list) else ()):
        place: Key = ("discover", index, "platform", "name")
        name = tree.at(place) if isinstance(one, dict) else None
        if name is not None and name not in usable:
            known = ", ".join(map(str, usable)) or "there is none"
            yield _problem(tree, file, place, f"expected one of platforms: {known}")


def _places(tree: Tree) -> Iterator[Key]:
    clusters = tree.at(("clusters",))
    for index, cluster in enumerate(clusters if isinstance(clusters, list) else ()):
        yield ("clusters", index)
        remotes = cluster.get("remotes") if isinstance(cluster, dict) else None
        yield from (
            ("clusters", index, "remotes", one) for one in range(len(remotes) if isinstance(remotes, list) else 0)
        )


def _problem(tree: Tree, file: str, key: Key, message: str) -> Problem:
    line, column = tree.place(key)
    value = tree.at(key)
    text = shown(key, value) if isinstance(value, str) else None
    return Problem(file=file, line=line, column=column, path=path_of(key), value=text, message=message)

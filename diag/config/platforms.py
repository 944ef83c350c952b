"""The platforms that run clusters, as configured: Elastic Cloud and installations of Elastic Cloud Enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, model_validator

from diag.config.base import Model, refuse
from diag.config.config_problems import Key, Problem, path_of, shown
from diag.config.secrets import FilledSecret
from diag.config.values import Files, Name, Url, one_of
from diag.config.yaml_source import Tree
from diag.model import PlatformKind

# The address of the public API; documentation: Elastic Cloud API (host and basePath of its description).
ELASTIC_CLOUD: Final = "https://api.elastic-cloud.com"
PlatformKindName = Annotated[PlatformKind, BeforeValidator(one_of(PlatformKind))]


class PlatformConfig(Model):
    """One platform: where its API is, and the key to read it."""

    name: Name = Field(description="The name of the platform, as clusters and remotes name it.")
    kind: PlatformKindName = Field(
        default=PlatformKind.ECH,
        description="ech: Elastic Cloud Hosted; ece: an installation of Elastic Cloud Enterprise.",
    )
    url: Url | None = Field(
        default=None,
        description=f"The address of its API; left out with ech, {ELASTIC_CLOUD}. The path /api/v1 may be left out.",
    )
    api_key: FilledSecret = Field(description="A key that may read deployments: a viewer's.")
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")

    @model_validator(mode="after")
    def _has_address(self) -> PlatformConfig:
        if self.url is None and self.kind is not PlatformKind.ECH:
            msg = "expected url: the address of the API of this installation, such as https://ece.example:12443"
            raise refuse(msg)
        return self

    @property
    def address(self) -> str:
        """The address in front of the path of a call, without a slash at its end."""
        return (self.url or ELASTIC_CLOUD).rstrip("/").removesuffix("/api/v1")


def without_platform(tree: Tree, file: str) -> Iterator[Problem]:
    """What names a deployment of a platform that there is not, and a platform without a deployment."""
    platforms = tree.at(("platforms",))
    named = [one.get("name") for one in platforms if isinstance(one, dict)] if isinstance(platforms, list) else []
    for key in _places(tree):
        place: Key = (*key, "platform")
        if (name := tree.at(place)) is not None and name not in named:
            yield _problem(
                tree, file, place, f"expected one of platforms: {', '.join(map(str, named)) or 'there is none'}"
            )
        if tree.at((*key, "deployment")) is None and name is not None:
            yield _problem(tree, file, place, "expected deployment together with platform")
        if tree.at((*key, "deployment")) is not None and name is None and len(named) != 1:
            expected = (
                "platform together with deployment, for there are several"
                if named
                else "platforms, for a deployment is named"
            )
            yield _problem(tree, file, (*key, "deployment"), f"expected {expected}")


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

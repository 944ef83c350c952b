"""What is typed to fix a finding, with the place where it is typed, for every format that has the room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, Finding, Fix, Kind, RemoteReport, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a finding is about: both clusters. Without an alias it is about the local cluster as a whole."""

    cluster: str
    kind: Kind
    url: str = ""
    alias: str = ""
    remote_kind: Kind = Kind.SELF_MANAGED
    remote_url: str = ""

    @classmethod
    def of(cls, cluster: ClusterReport, remote: RemoteReport | None = None) -> Target:
        """The place of a report's findings."""
        local = cluster.evidence.cluster
        place = cls(cluster=local.name, kind=local.kind, url=local.url)
        if remote is None:
            return place
        about = remote.evidence.remote
        return replace(place, alias=about.alias, remote_kind=about.kind, remote_url=about.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Lines to be typed at one place. ``language`` is the word that Markdown knows the form by."""

    label: str
    text: str
    language: str


def typed(finding: Finding, place: Target) -> Iterator[Typed]:
    """Everything that is typed for a finding, step by step."""
    for fix in finding.fix:
        when = f" ({fix.when})" if fix.when else ""
        where = where_of(fix, place)
        if fix.console:
            yield Typed(label=f"{where}, in Dev Tools{when}:", text=fix.console, language="console")
        if fix.commands:
            yield Typed(label=f"{where}{when}:", text=fix.commands, language="sh")
        if fix.yml:
            yield Typed(label=f"{where}, in {_file(fix, place)}{when}:", text=fix.yml, language="yaml")


def where_of(fix: Fix, place: Target) -> str:
    """Say where a fix is done."""
    remote = f"the remote cluster {place.alias}".rstrip()
    match fix.where:
        case Where.LOCAL:
            return f"on {place.cluster}"
        case Where.LOCAL_NODE:
            return f"on each node of {place.cluster}"
        case Where.REMOTE:
            return f"on {remote}"
        case Where.REMOTE_NODE:
            return f"on each node of {remote}"
        case Where.BETWEEN:
            return f"between {place.cluster} and {remote}"
        case Where.HERE:
            return "here, where diag runs"


_FILES: Final = {
    Kind.HOSTED: "the user settings of the deployment",
    Kind.ECE: "the user settings of the deployment",
    Kind.ECK: "spec.nodeSets[].config",
}


def _file(fix: Fix, place: Target) -> str:
    """Who runs a cluster decides where the settings of its nodes stand."""
    if fix.file:
        return fix.file
    kind = place.kind if fix.where in {Where.LOCAL, Where.LOCAL_NODE} else place.remote_kind
    if fix.where is Where.HERE:
        return "diag.yaml"
    if fix.where is Where.BETWEEN:
        return "the configuration of what stands there"
    return _FILES.get(kind, "elasticsearch.yml")

"""A ``diag.yaml`` for the deployments of a platform: pure text. Secrets stand in it by reference; what could not be read is a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import yaml

from diag.collect.platforms.inventory import Inventory, InventoryItem
from diag.config import PlatformConfig, SecretRef
from diag.discovery.of_platform import KINDS, is_local, link, names_of
from diag.lazy_dataclass import dataclass
from diag.model import CloudDeployment, RemoteList, RemoteResource, Unavailable, Written
from diag.text import shown

_MAX_NOTE: Final = 4000
_HEAD: Final = """\
# Written by diag discover: the deployments of the platform {name} that have remotes there, at the addresses that the platform tells.
# Add auth to each cluster: then what is registered is read from the cluster itself, and compared with this.
# The platform lists no remotes that were registered at a cluster alone, such as self-managed ones: add url and auth of that cluster.
# Projects of Elastic Cloud Serverless are no deployments and are not here: they have cross-project search in place of remotes.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenConfiguration:
    """The text, and what to say of it. ``is_complete`` is false where something could not be read."""

    text: str
    summary: str
    is_complete: bool


def written(found: Inventory, platform: PlatformConfig) -> WrittenConfiguration:
    """Write the configuration of every deployment that has remotes."""
    names, by_id = names_of(found.all), {one.listed.id: one for one in found.all}
    with_remotes = [one for one in found.all if is_local(one) and _remotes(one)]
    clusters, notes = [], list(_unread(found))
    complete = not notes
    for one in sorted(with_remotes, key=lambda one: names[one.listed.id]):
        remotes, missing = _written_remotes(one, by_id, platform)
        cluster = {"name": names[one.listed.id], "url": one.url, **link(one, platform), "remotes": remotes}
        if not one.url and not remotes:
            missing.append(
                f"Not written: {names[one.listed.id]}: it has neither an address nor a remote that could be written"
            )
        else:
            clusters.append({key: value for key, value in cluster.items() if value})
        notes += missing
        complete = complete and not missing
    notes += _left_out(found.all)
    summary = f"{len(clusters)} of {len(found.all)} deployments have remotes"
    return whole_file(_HEAD, platform, clusters, notes, summary, is_complete=complete)


def whole_file(
    head: str,
    platform: PlatformConfig,
    clusters: list[dict[str, object]],
    notes: Iterable[str],
    summary: str,
    *,
    is_complete: bool,
) -> WrittenConfiguration:
    """Put a file together: the notes are comments at its beginning."""
    comments = "".join(f"# {shown(note, _MAX_NOTE)}\n" for note in notes)
    body = {"platforms": [_platform(platform)], **_sections(clusters, platform)}
    text = head.format(name=shown(platform.name, 80)) + comments
    text += yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=120)
    if not is_complete:
        summary += "; not everything could be read: the comments at the beginning say what"
    return WrittenConfiguration(text=text, summary=summary, is_complete=is_complete)


def _sections(clusters: list[dict[str, object]], platform: PlatformConfig) -> dict[str, object]:
    """Without any cluster the file looks for them: it would be refused if it named nothing to look at."""
    if clusters:
        return {"clusters": clusters}
    return {"discover": [{"name": platform.name, "platform": {"name": platform.name}}]}


def _platform(platform: PlatformConfig) -> dict[str, object]:
    """The section of the platform: every secret by its reference."""
    entry: dict[str, object] = {
        "name": platform.name,
        "kind": platform.kind.value,
        "url": platform.address if platform.is_at_url else None,
        "api_key": _reference(platform.api_key),
        "token": _reference(platform.token),
        "kubeconfig": None if platform.kubeconfig is None else str(platform.kubeconfig),
        "context": platform.context,
        "in_cluster": platform.in_cluster or None,
        "ca": [str(path) for path in platform.ca],
        "namespaces": list(platform.namespaces),
    }
    return {key: value for key, value in entry.items() if value not in (None, [])}


def _reference(secret: SecretRef | None) -> dict[str, str | None] | None:
    if secret is None:
        return None
    return {"file": str(secret.file)} if secret.file is not None else {"env": secret.env}


def _remotes(one: InventoryItem) -> tuple[RemoteResource, ...]:
    return one.remotes.remotes if isinstance(one.remotes, RemoteList) else ()


def _written_remotes(
    one: InventoryItem, by_id: Mapping[str, InventoryItem], platform: PlatformConfig
) -> tuple[list[dict[str, object]], list[str]]:
    """The remotes of one deployment, and what is missing of them."""
    made: list[dict[str, object]] = []
    missing: list[str] = []
    for remote in _remotes(one):
        alias, deployment_id = _text(remote.alias), _text(remote.deployment_id)
        item = by_id.get(deployment_id)
        found = None if item is None else item.deployment
        if not alias:
            missing.append(f"Not written: {one.listed.name}: a remote without an alias")
        elif not isinstance(found, CloudDeployment) or not found.endpoints or found.transport_port is None:
            because = str(found) if isinstance(found, Unavailable) else "the key does not see its address"
            missing.append(
                f"Not written: {one.listed.name}: the remote {alias} is the deployment {deployment_id}: {because}"
            )
        else:
            made.append(_remote(alias, remote, found, platform))
    return made, missing


def _remote(alias: str, remote: RemoteResource, found: CloudDeployment, platform: PlatformConfig) -> dict[str, object]:
    item: dict[str, object] = {
        "alias": alias,
        "kind": KINDS[platform.kind].value,
        "mode": "proxy",
        "proxy_address": f"{found.endpoints[0]}:{found.transport_port}",
        "server_name": found.endpoints[0],
        "skip_unavailable": {"true": True, "false": False}.get(_text(remote.skip_unavailable).lower()),
        "version": found.version,
        "platform": platform.name,
        "deployment": found.id,
    }
    return {key: value for key, value in item.items() if value not in ("", None)}


def _text(value: Written | None) -> str:
    return "" if value is None else value.text


def _unread(found: Inventory) -> Iterator[str]:
    if not found.whole:
        yield "Not read: the list of deployments goes on, and diag knows one page."
    for one in found.all:
        if one.is_without_elasticsearch:
            continue
        for piece in (one.deployment, one.remotes):
            if isinstance(piece, Unavailable):
                yield f"Not read: {one.listed.name} ({one.listed.id}): {piece}"
                break
        if isinstance(one.remotes, RemoteList) and one.remotes.misshapen:
            yield f"Not read: {one.listed.name} ({one.listed.id}): its list of remotes is not of the form of the API"


def _left_out(found: Iterable[InventoryItem]) -> Iterator[str]:
    """Who is not in the file although it was read."""
    groups: dict[str, list[str]] = {}
    for one in found:
        if one.is_without_elasticsearch:
            why = "no Elasticsearch in it"
        elif not is_local(one):
            why = "stopped"
        elif isinstance(one.remotes, RemoteList) and one.remotes.is_empty:
            why = "no remote at the platform"
        else:
            continue
        groups.setdefault(why, []).append(one.listed.name)
    for why, names in groups.items():
        yield f"Left out, {why} ({len(names)}): {', '.join(sorted(names))}"

"""From what documents say to what a round would know: local clusters with their remotes, nodes, registrations, keystore names.

Every document that registers remotes is a local cluster of its own, so that each of its lines is judged as it stands; what the documents
say of nodes, of the keystore and of other registrations is known to all of them, for documents of one side complete each other.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from diag.config import ClusterConfig, RemoteConfig
from diag.documents.answers.answer import PastedAnswer, PastedAnswers
from diag.documents.answers.pieces import GroupAnswers, group_answers, place_key
from diag.documents.answers.unplaced import with_unplaced
from diag.documents.as_answers import nodes_of, registrations_of
from diag.documents.document_cluster import DocumentCluster
from diag.documents.elsewhere import elsewhere_of
from diag.documents.groups import DocumentGroup, groups_of
from diag.documents.unresolved import with_stand_ins
from diag.evidence.documents.connection_answers import ConnectionAnswers
from diag.evidence.documents.keystore_list import KeystoreLists
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.origins import Origins
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.elasticsearch import connections
from diag.evidence.holders import Surroundings
from diag.evidence.piece import Side, Subject
from diag.lazy_dataclass import dataclass
from diag.model import (
    REMOTE_SETTINGS,
    KeyLookup,
    Kind,
    Nodes,
    Reason,
    Registrations,
    SecurityModel,
    Step,
    Unavailable,
)

TOGETHER: Final = "documents"
# What a cluster is called whose documents do not say its name.
_UNNAMED: Final = "the local cluster"
_REMOTE: Final = "cluster.remote."
_NOT_ALL: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="no document shows which remotes the cluster has"
)
_STATES: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody says of the clusters whose documents these are; empty or None: nothing.

    ``together``: each document was named, so that those without a name of a cluster belong to the one that has one.
    """

    version: str = ""
    together: bool = True
    kind: Kind | None = None
    security_model: SecurityModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What the documents say, put together. ``surroundings`` holds every noun; ``clusters`` are those that register remotes."""

    surroundings: Surroundings
    clusters: tuple[DocumentCluster, ...]


def joined(nouns: Iterable[Any]) -> Surroundings:
    """Join the collections that the readers gave, one for each kind of evidence. Answers of an API belong to a cluster, and are none."""
    return Surroundings.of(*(one for noun, one in _joined(nouns).items() if noun in Surroundings.fields))


def _joined(nouns: Iterable[Any]) -> dict[type, Any]:
    found: dict[type, list[Any]] = {}
    for one in nouns:
        found.setdefault(type(one), []).append(one)
    return {kind: kind(all=tuple(item for one in parts for item in one.all)) for kind, parts in found.items()}


def assemble(nouns: Iterable[Any], given: Given) -> Assembled:
    """Put together what the readers of all documents gave."""
    nouns = tuple(nouns)
    around = joined(nouns)
    texts = around[SettingsTexts]
    local = (
        []
        if isinstance(texts, Unavailable)
        else [with_stand_ins(one) for one in texts.all if one.side is not Side.REMOTE]
    )
    lists = around[KeystoreLists]
    entries = None if isinstance(lists, Unavailable) else lists.all
    pasted = tuple(answer for one in nouns if isinstance(one, PastedAnswers) for answer in one.all)
    groups = groups_of(local, entries, pasted, together=given.together)
    answers = around[ConnectionAnswers]
    answered = ConnectionAnswers() if isinstance(answers, Unavailable) else answers
    aliases = {alias for group in groups for text in group.texts for alias in _aliases(text)}
    of_remotes = tuple(one for group in groups for one in group.answers_of(Side.REMOTE))
    placed = of_remotes if len(aliases) == 1 else ()
    clusters = tuple(one for group in groups for one in _of_group(group, given, answered, placed))
    looked_up = any(KeyLookup in one.pasted.remote for one in clusters)
    around = with_unplaced(around, () if placed else of_remotes, aliases, () if looked_up else pasted)
    return Assembled(surroundings=around, clusters=clusters)


def _of_group(
    group: DocumentGroup, given: Given, answers: ConnectionAnswers, remote: tuple[PastedAnswer, ...]
) -> Iterator[DocumentCluster]:
    """Each document of a group that registers remotes, with what all of them say of nodes, keystore and registrations."""
    registered = registrations_of(group.texts)
    aliases = {alias for text in group.texts for alias in _aliases(text)}
    pasted = group_answers(group.answers_of(Side.LOCAL), remote)
    # Only an answer shows all remotes that a cluster has: of others that something is replicated from, the texts know nothing.
    shows_all = any(text.form is SettingsForm.ANSWER for text in group.texts)
    own = pasted if shows_all else pasted.following(aliases)
    nodes_about = _nodes_about(group, given, own)
    elsewhere = elsewhere_of(aliases, group.keystore)
    for text in group.texts:
        made = _cluster(text, given, group.keystore, nodes_about(text), registered, answers)
        if made is not None:
            places = Origins(all=(*made.origins.all, *own.places, *_connection_places(made.aliases, answers)))
            yield dataclasses.replace(made, elsewhere=elsewhere(made.aliases), pasted=own, origins=places)
    further = tuple(sorted(pasted.aliases - aliases))
    if not group.is_remote and group.answers and not shows_all and (further or not aliases):
        yield _only_named(group, further, pasted, given)


def _connection_places(aliases: Collection[str], answers: ConnectionAnswers) -> Iterator[tuple[str, Origin]]:
    """Where an answer says of each remote whether it is connected."""
    for one in answers.all:
        if one.alias in aliases:
            yield place_key(Subject.LOCAL_VIEW, connections.INFO, one.alias), one.origin


def _nodes_about(
    group: DocumentGroup, given: Given, pasted: GroupAnswers
) -> Callable[[SettingsText], Nodes | Unavailable | None]:
    """The nodes that a document is judged with: a file with those of its cluster, all else with those that answered, or with every file."""
    by_name: dict[str, list[SettingsText]] = {}
    for one in group.texts:
        by_name.setdefault(one.cluster_name, []).append(one)

    @functools.cache
    def of_cluster(name: str) -> Nodes | Unavailable | None:
        return nodes_of(by_name[name], given.version)

    # What the files of nodes say of remotes is judged where it stands.
    every = None if Nodes in pasted.local else _without_remotes(nodes_of(group.texts, given.version))

    def about(text: SettingsText) -> Nodes | Unavailable | None:
        if text.form is not SettingsForm.FILE:
            return every
        # Only files that name the same cluster are surely of its nodes, and are compared with each other.
        return of_cluster(text.cluster_name) if text.cluster_name else nodes_of((text,), given.version)

    return about


def _only_named(group: DocumentGroup, aliases: tuple[str, ...], pasted: GroupAnswers, given: Given) -> DocumentCluster:
    """A cluster that answered, with the remotes that its answers name and no document registers."""
    name = next((one.cluster_name for one in group.answers if one.cluster_name), _UNNAMED)
    config = {
        "name": name,
        "version": given.version,
        "kind": given.kind or Kind.SELF_MANAGED,
        "remotes": [{"alias": one} for one in aliases],
    }
    return DocumentCluster(
        config=ClusterConfig.model_validate(config),
        origins=Origins(all=pasted.places),
        nodes=None,
        registrations=_NOT_ALL,
        aliases=aliases,
        keystore=group.keystore,
        answers=ConnectionAnswers(),
        only_named=True,
        pasted=pasted.following(aliases),
    )


def _without_remotes(own: Nodes | Unavailable | None) -> Nodes | Unavailable | None:
    if not isinstance(own, Nodes):
        return own
    return dataclasses.replace(
        own, all=tuple(dataclasses.replace(one, remotes=(), remote_settings=None) for one in own.all)
    )


def _aliases(text: SettingsText) -> tuple[str, ...]:
    """The remotes that a document registers. What it changes of one that it does not register is judged where it stands."""
    aliases = tuple(dict.fromkeys(alias for one in text.under(_REMOTE) if (alias := alias_of(one)) and one.values))
    if text.form is SettingsForm.ANSWER:
        return aliases
    return tuple(alias for alias in aliases if _has_address(text, alias))


def _cluster(
    text: SettingsText,
    given: Given,
    keystore: tuple[str, ...] | None,
    own_nodes: Nodes | Unavailable | None,
    registered: Registrations | Unavailable,
    answers: ConnectionAnswers,
) -> DocumentCluster | None:
    aliases = _aliases(text)
    if not aliases:
        return None
    config: dict[str, Any] = {
        "name": text.cluster_name or _UNNAMED,
        "version": given.version,
        "kind": given.kind or Kind.SELF_MANAGED,
        "remotes": tuple(_remote(text, alias, given) for alias in aliases),
        **_tls(text),
    }
    if keystore is not None:
        config["keystore"] = list(keystore)
    return DocumentCluster(
        config=ClusterConfig.model_validate(config),
        origins=Origins(all=tuple(_origins(text.all))),
        nodes=own_nodes,
        registrations=registered,
        aliases=aliases,
        is_request=text.form is SettingsForm.REQUEST,
        keystore=keystore,
        answers=answers,
    )


def alias_of(setting: Setting) -> str:
    """The alias of a setting of a remote, empty where it belongs to none."""
    alias, _, key = setting.key.removeprefix(_REMOTE).partition(".")
    named = setting.key.startswith(_REMOTE) and key and (alias, key) != ("node", "attr")
    return alias if named else ""


def _remote(text: SettingsText, alias: str, given: Given) -> RemoteConfig:
    # A later layer wins over an earlier one, as it does in a cluster.
    found = {one.key.removeprefix(f"{_REMOTE}{alias}."): one for one in _by_layer(text.under(f"{_REMOTE}{alias}."))}
    values: dict[str, Any] = {
        one.key: found[one.key].text for one in REMOTE_SETTINGS if one.key in found and found[one.key].values
    }
    seeds = found.get("seeds")
    values["seeds"] = seeds.parts if seeds is not None else ()
    values["skip_unavailable"] = _STATES.get(str(values.get("skip_unavailable", "")))
    return RemoteConfig.model_validate({**values, "alias": alias, "security_model": given.security_model})


def _has_address(text: SettingsText, alias: str) -> bool:
    # Elasticsearch takes a remote to be there by these two alone.
    keys = (f"{_REMOTE}{alias}.{key}" for key in ("seeds", "proxy_address"))
    return any(found.values for key in keys if (found := text.get(key)) is not None)


def _by_layer(settings: Iterable[Setting]) -> list[Setting]:
    return sorted(settings, key=lambda one: list(Layer).index(one.layer))


def _tls(text: SettingsText) -> dict[str, Any]:
    """What the nodes do with TLS on remotes, where the document says so; an odd value is left to the check of values."""
    return {
        section: declared
        for section, interface in (("transport", "transport"), ("remote_cluster_client", "remote_cluster_client"))
        if (declared := _interface(text, f"xpack.security.{interface}.ssl."))
    }


def _interface(text: SettingsText, prefix: str) -> dict[str, Any]:
    mode, enabled = text.get(f"{prefix}verification_mode"), text.get(f"{prefix}enabled")
    declared: dict[str, Any] = {}
    if mode is not None and mode.text in {"full", "certificate", "none"}:
        declared["verification_mode"] = mode.text
    if enabled is not None and enabled.text in _STATES:
        declared["enabled"] = _STATES[enabled.text]
    return declared


def _origins(settings: Sequence[Setting]) -> Iterable[tuple[str, Origin]]:
    found: Mapping[str, Setting] = {one.key: one for one in _by_layer(settings)}
    remotes: dict[str, Origin] = {}
    for one in settings:
        if alias := alias_of(one):
            remotes.setdefault(f"{_REMOTE}{alias}", one.place_of(f"{_REMOTE}{alias}"))
    yield from remotes.items()
    for key, one in found.items():
        yield key, one.origin
        yield from ((f"{key}[{index}]", origin) for index, origin in enumerate(one.item_origins))

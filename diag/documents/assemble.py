"""From what documents say to what a round would know: local clusters with their remotes, nodes, registrations, keystore names.

Every document that registers remotes is a local cluster of its own, so that each of its lines is judged as it stands; what the documents
say of nodes, of the keystore and of other registrations is known to all of them, for documents of one side complete each other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from diag.config import ClusterConfig, RemoteConfig
from diag.documents.as_answers import nodes_of, registrations_of
from diag.documents.groups import DocumentGroup, groups_of
from diag.documents.unresolved import with_stand_ins
from diag.evidence.documents.connection_answers import ConnectionAnswers
from diag.evidence.documents.keystore_list import KeystoreLists
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.origins import Origins
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.holders import Surroundings
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    REMOTE_SETTINGS,
    ClusterEvidence,
    Kind,
    Nodes,
    Registration,
    Registrations,
    Remote,
    RemoteEvidence,
    RemoteInfo,
    SecurityModel,
    Unavailable,
    at_cloud,
)

TOGETHER: Final = "documents"
# What a cluster is called whose documents do not say its name.
_UNNAMED: Final = "the local cluster"
_REMOTE: Final = "cluster.remote."
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCluster:
    """One document that registers remotes, as a configuration; ``complete`` adds to its evidence what the other documents say.

    ``elsewhere`` are the aliases that other documents of the cluster register; ``is_request``: it changes settings, and what it does not
    name may be there already.
    """

    config: ClusterConfig
    origins: Origins
    nodes: Nodes | Unavailable | None
    registrations: Registrations | Unavailable
    aliases: tuple[str, ...]
    keystore: tuple[str, ...] | None
    answers: ConnectionAnswers
    elsewhere: tuple[str, ...] = ()
    is_request: bool = False

    def complete(self, evidence: ClusterEvidence) -> ClusterEvidence:
        """Put into evidence that was gathered without a network what documents say of the cluster."""
        known: dict[type, object] = {} if self.nodes is None else {Nodes: self.nodes}
        if isinstance(self.registrations, Registrations):
            known[Registrations] = self.registrations
        remotes = tuple(self._complete(one) for one in evidence.remotes)
        return dataclasses.replace(
            evidence,
            cluster=dataclasses.replace(
                evidence.cluster,
                remotes=(*(one.remote for one in remotes), *(Remote(alias=alias) for alias in self.elsewhere)),
            ),
            api=evidence.api.having(known),
            remotes=remotes,
            surroundings=Surroundings.of(self.origins),
        )

    def _complete(self, evidence: RemoteEvidence) -> RemoteEvidence:
        info = self.answers.of(evidence.remote.alias)
        evidence = dataclasses.replace(evidence, remote=self._with_signs(evidence.remote, info))
        if info is not None:
            evidence = dataclasses.replace(evidence, belief=evidence.belief.having({RemoteInfo: info}))
        if isinstance(self.registrations, Unavailable):
            return evidence
        alias = evidence.remote.alias
        found = next((one for one in self.registrations.all if one.alias == alias), Registration(alias=alias))
        return dataclasses.replace(evidence, belief=evidence.belief.having({Registration: found}))

    def _with_signs(self, remote: Remote, info: RemoteInfo | None) -> Remote:
        """A remote with what documents say of it in addition to its settings: who runs it, and its security model, are recognized by signs."""
        at_cloud_ = any(at_cloud(address.host or "") for address in remote.addresses)
        remote = dataclasses.replace(
            remote,
            kind=Kind.HOSTED if at_cloud_ else remote.kind,
            kind_guessed=not at_cloud_,
            mode_guessed=self.is_request and not remote.mode,
        )
        if remote.declared_model is not None:
            return remote
        if info is not None and info.has_credential:
            return dataclasses.replace(remote, observed_model=SecurityModel.API_KEY)
        if self.keystore is not None:
            return dataclasses.replace(remote, observed_model=_by_keystore(remote.alias, self.keystore))
        # Without the keystore the port tells, as for an address of the command line.
        by_key = any(address.port == REMOTE_CLUSTER_SERVER for address in remote.dialled)
        guessed = SecurityModel.API_KEY if by_key else SecurityModel.CERTIFICATE
        return dataclasses.replace(remote, observed_model=guessed, model_guessed=True)


def _by_keystore(alias: str, names: Iterable[str]) -> SecurityModel:
    """The model that the keystore tells: an entry for the alias means API key, also one whose name has a slip behind the alias."""
    meant = any(name.startswith(f"{_REMOTE}{alias}.cred") for name in names)
    return SecurityModel.API_KEY if meant else SecurityModel.CERTIFICATE


def joined(nouns: Iterable[Any]) -> Surroundings:
    """Join the collections that the readers gave, one for each kind of evidence."""
    found: dict[type, Any] = {}
    for one in nouns:
        kind = type(one)
        found[kind] = one if kind not in found else kind(all=(*found[kind].all, *one.all))
    return Surroundings.of(*found.values())


def assemble(nouns: Iterable[Any], given: Given) -> Assembled:
    """Put together what the readers of all documents gave."""
    around = joined(nouns)
    texts = around[SettingsTexts]
    local = (
        []
        if isinstance(texts, Unavailable)
        else [with_stand_ins(one) for one in texts.all if one.side is not Side.REMOTE]
    )
    lists = around[KeystoreLists]
    entries = None if isinstance(lists, Unavailable) else lists.all
    groups = groups_of(local, entries, together=given.together)
    answers = around[ConnectionAnswers]
    answered = ConnectionAnswers() if isinstance(answers, Unavailable) else answers
    clusters = tuple(one for group in groups for one in _of_group(group, given, answered))
    return Assembled(surroundings=around, clusters=clusters)


def _of_group(group: DocumentGroup, given: Given, answers: ConnectionAnswers) -> Iterator[DocumentCluster]:
    """Each document of a group that registers remotes, with what all of them say of nodes, keystore and registrations."""
    registered = registrations_of(group.texts)
    # What the files of nodes say of remotes is judged where it stands.
    every_node = _without_remotes(nodes_of(group.texts, given.version))
    by_name = {
        name: nodes_of((one for one in group.texts if one.cluster_name == name), given.version)
        for name in {one.cluster_name for one in group.texts if one.cluster_name}
    }
    aliases = {alias for text in group.texts for alias in _aliases(text)}
    for text in group.texts:
        if text.form is SettingsForm.FILE:
            # Only files that name the same cluster are surely of its nodes, and are compared with each other.
            about = by_name[text.cluster_name] if text.cluster_name else nodes_of((text,), given.version)
        else:
            about = every_node
        made = _cluster(text, given, group.keystore, about, registered, answers)
        if made is not None:
            yield dataclasses.replace(made, elsewhere=tuple(sorted(aliases - set(made.aliases))))


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

"""One document that registers remotes, as a local cluster with everything that the documents around it say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import field
from typing import Final

from diag.config import ClusterConfig
from diag.documents.answers.pieces import GroupAnswers
from diag.evidence.documents.connection_answers import ConnectionAnswers
from diag.evidence.documents.origins import Origins
from diag.evidence.holders import Surroundings
from diag.lazy_dataclass import dataclass
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    ClusterEvidence,
    Kind,
    LocalVersion,
    Nodes,
    Registration,
    Registrations,
    Remote,
    RemoteEvidence,
    RemoteInfo,
    RemoteVersion,
    ResolvedCluster,
    SecurityModel,
    Unavailable,
    at_cloud,
)

_REMOTE: Final = "cluster.remote."
_BY_API: Final = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCluster:
    """One document that registers remotes, as a configuration; ``complete`` adds to its evidence what the other documents say.

    ``elsewhere`` are the remotes that other documents of the cluster register; ``is_request``: it changes settings, and what it does not
    name may be there already. ``pasted`` is what answers of an API say; ``only_named``: its remotes are known from such answers alone, which
    say nothing of their settings.
    """

    config: ClusterConfig
    origins: Origins
    nodes: Nodes | Unavailable | None
    registrations: Registrations | Unavailable
    aliases: tuple[str, ...]
    keystore: tuple[str, ...] | None
    answers: ConnectionAnswers
    elsewhere: tuple[Remote, ...] = ()
    is_request: bool = False
    only_named: bool = False
    pasted: GroupAnswers = field(default_factory=GroupAnswers)

    def complete(self, evidence: ClusterEvidence) -> ClusterEvidence:
        """Put into evidence that was gathered without a network what documents say of the cluster."""
        known: dict[type, object] = {**self.pasted.local}
        if self.nodes is not None:
            known[Nodes] = self.nodes
        if isinstance(self.registrations, Registrations):
            known[Registrations] = self.registrations
        remotes = tuple(self._complete(one) for one in evidence.remotes)
        return dataclasses.replace(
            evidence,
            cluster=dataclasses.replace(
                evidence.cluster,
                remotes=(*(one.remote for one in remotes), *self.elsewhere),
            ),
            local_version=self._release(evidence.local_version),
            api=evidence.api.having(known),
            remotes=remotes,
            surroundings=Surroundings.of(self.origins),
        )

    def _release(self, declared: LocalVersion | Unavailable) -> LocalVersion | Unavailable:
        """The release: what an answer tells goes before what is declared, as in a round."""
        known_release = self.pasted.release
        return declared if known_release is None else LocalVersion(number=known_release, source=_BY_API)

    def _complete(self, evidence: RemoteEvidence) -> RemoteEvidence:
        evidence = self._with_answers(evidence)
        info = self.answers.of(evidence.remote.alias)
        evidence = dataclasses.replace(evidence, remote=self._with_signs(evidence.remote, info))
        if info is not None:
            evidence = dataclasses.replace(evidence, belief=evidence.belief.having({RemoteInfo: info}))
        if isinstance(self.registrations, Unavailable):
            return evidence
        alias = evidence.remote.alias
        found = next((one for one in self.registrations.all if one.alias == alias), Registration(alias=alias))
        return dataclasses.replace(evidence, belief=evidence.belief.having({Registration: found}))

    def _with_answers(self, evidence: RemoteEvidence) -> RemoteEvidence:
        known_release, resolved = self.pasted.remote_release, self.pasted.resolved.get(evidence.remote.alias)
        return dataclasses.replace(
            evidence,
            api=evidence.api.having(self.pasted.remote),
            belief=evidence.belief if resolved is None else evidence.belief.having({ResolvedCluster: resolved}),
            remote_version=evidence.remote_version
            if known_release is None
            else RemoteVersion(number=known_release, source=_BY_API),
        )

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

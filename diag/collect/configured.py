"""Which remotes a round looks at: those that the file declares, else those that the cluster itself reports. Pure."""

from __future__ import annotations

import dataclasses

from diag.collect.session import API, ClusterBasics
from diag.config import ClusterConfig, RemoteConfig, fleet
from diag.config.fleet import remote as remote_of
from diag.lazy_dataclass import dataclass
from diag.model import REMOTE_SETTINGS, LocalCluster, LocalVersion, Reason, Remote, Step, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """One remote: its configuration, as checks see it, and why that is not known well enough to look at it (else None)."""

    config: RemoteConfig
    remote: Remote
    unreadable: Unavailable | None = None


def waits_for_api(cluster: ClusterConfig) -> bool:
    """Tell whether the API tells something that the probes need; else both go on at the same time."""
    if cluster.url is None or not cluster.remotes:
        return cluster.url is not None
    if any(_without_settings(one) for one in cluster.remotes):
        return True
    undated = isinstance(fleet.local_version(cluster), Unavailable)
    return any(_leaves_model_open(cluster, one) or (undated and one.proxy) for one in cluster.remotes)


def configured(cluster: ClusterConfig, reported: ClusterBasics) -> tuple[Configured, ...]:
    """Give the remotes. Where remotes are declared, they alone are looked at; one without any setting gets those of the cluster."""
    discovered = () if isinstance(reported.remotes, Unavailable) else reported.remotes
    known = {one.alias: one for one in discovered}
    if not cluster.remotes:
        return tuple(_configured(cluster, one, reported) for one in discovered)
    return tuple(_completed(cluster, one, known.get(one.alias), reported) for one in cluster.remotes)


def _completed(
    cluster: ClusterConfig, declared: RemoteConfig, known: RemoteConfig | None, reported: ClusterBasics
) -> Configured:
    if cluster.url is None or not _without_settings(declared):
        return _configured(cluster, declared, reported)
    if known is None:
        made = _configured(cluster, declared, reported)
        why = reported.remotes if isinstance(reported.remotes, Unavailable) else None
        return dataclasses.replace(made, unreadable=made.unreadable or why)
    # What is declared beside the address stays, and is compared with what the cluster has.
    open_ = (one for one in REMOTE_SETTINGS if one.reaches or getattr(declared, one.field) in ("", None))
    taken = {one.field: getattr(known, one.field) for one in open_}
    return _configured(cluster, declared.model_copy(update=taken), reported)


def _without_settings(remote: RemoteConfig) -> bool:
    """Tell a remote that is declared for its certificates and keys only, without anything that it is reached by."""
    return not any(getattr(remote, one.field) for one in REMOTE_SETTINGS if one.reaches)


def local_cluster(cluster: ClusterConfig, known: tuple[Configured, ...], reported: ClusterBasics) -> LocalCluster:
    """Give the local cluster with these remotes, and with the release that it reports."""
    local = fleet.local_cluster(cluster, tuple(one.remote for one in known))
    if isinstance(reported.version, LocalVersion) and reported.version.source == API:
        return dataclasses.replace(local, version=str(reported.version.number))
    return local


def undiscovered(cluster: ClusterConfig, reported: ClusterBasics, *, chosen: bool) -> Unavailable | None:
    """Say why there are no remotes read from the cluster; None where there are, or where nobody was to be asked.

    With ``chosen``, only some remotes are of interest, so that a cluster without any is nothing to complain of.
    """
    if cluster.url is None:
        return None
    if isinstance(reported.remotes, Unavailable):
        return None if reported.remotes.reason is Reason.OFFLINE else reported.remotes
    if reported.remotes or cluster.remotes or chosen:
        return None
    detail = f"the settings of {cluster.name} hold no cluster.remote: no remote is registered there"
    return Unavailable(step=Step.API, reason=Reason.NO_REMOTES, detail=detail)


def _configured(cluster: ClusterConfig, config: RemoteConfig, reported: ClusterBasics) -> Configured:
    remote = remote_of(config, cluster.keystore)
    if cluster.url is None or not _leaves_model_open(cluster, config):
        return Configured(config=config, remote=remote)
    if isinstance(reported.credentials, Unavailable):
        # A declared remote keeps what leaving it out means; of one that was only read, the model would be a guess.
        unreadable = None if cluster.remotes else reported.credentials
        return Configured(config=config, remote=remote, unreadable=unreadable)
    stored = reported.credentials.get(config.alias)
    return Configured(config=config, remote=dataclasses.replace(remote, keystore_credential=stored))


def _leaves_model_open(cluster: ClusterConfig, remote: RemoteConfig) -> bool:
    return remote.security_model is None and remote.credential is None and cluster.keystore is None

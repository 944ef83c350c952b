"""Which rounds the look at one local cluster takes, and what is known where one of them brought nothing. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from diag.config import ClusterConfig, Config, RemoteConfig, fleet
from diag.model import (
    ClusterEvidence,
    LocalApi,
    LocalView,
    Reason,
    RemoteApi,
    RemoteEvidence,
    SeenFrom,
    Step,
    Unavailable,
)
from diag.plan import left_out

# How a view is called that somebody wanted from here, whatever the configuration says.
HERE: Final = SeenFrom(name="this machine")


def only_the_daemon_looks(place: str) -> str:
    """What is said of a view that one run alone can't have."""
    return f"it is looked at from the vantage point {place}, for which the daemon has workers; diag run --from-here looks from this machine"


def asked_views(config: Config, cluster: ClusterConfig, remotes: Iterable[str] = ()) -> tuple[SeenFrom | None, ...]:
    """From where a local cluster is looked at: None is where diag runs. Those of the cluster itself come first.

    ``remotes``: only as far as these are concerned. A remote that the file does not name is looked at as its cluster is.
    """
    wanted = set(remotes)
    own = config.seen_from(cluster) or ("",)
    about = [one for one in cluster.remotes if not wanted or one.alias in wanted]
    of_remotes = [config.seen_from(cluster, one) or ("",) for one in about]
    concerned = {place for places in of_remotes for place in places}
    places = [place for place in own if not wanted or not about or place in concerned]
    places += [place for of in of_remotes for place in of]
    return tuple(
        _seen_from(config, cluster, place, remotes_only=place not in own) if place else None
        for place in dict.fromkeys(places)
    )


def _seen_from(config: Config, cluster: ClusterConfig, place: str, *, remotes_only: bool) -> SeenFrom:
    return SeenFrom(name=place, remotes_only=remotes_only, left_out=left_out(config, cluster, place))


def looked_at_from_here(config: Config) -> tuple[Config, frozenset[str]]:
    """The configuration as if it named no vantage point, and the local clusters for which that is not what it says."""
    concerned = frozenset(one.name for one in config.clusters if asked_views(config, one) != (None,))
    clusters = tuple(_from_here(one) if one.name in concerned else one for one in config.clusters)
    return config.model_copy(update={"clusters": clusters}), concerned


def _from_here(cluster: ClusterConfig) -> ClusterConfig:
    remotes = tuple(one.model_copy(update={"vantage_points": ()}) for one in cluster.remotes)
    return cluster.model_copy(update={"vantage_points": (), "remotes": remotes})


def not_looked(
    config: Config,
    cluster: ClusterConfig,
    now: datetime,
    because: str,
    *,
    seen_from: SeenFrom | None,
    remotes: Iterable[str] = (),
) -> ClusterEvidence:
    """What is known of a cluster where a round brought nothing: what the configuration declares, and for all else why it is missing."""
    why = Unavailable(step=Step.CONFIGURATION, reason=Reason.OTHER, detail=because)
    wanted, declared = set(remotes), fleet.local_cluster(cluster)
    out = seen_from.left_out if seen_from else left_out(config, cluster, "")
    asks_api = cluster.url is not None
    return ClusterEvidence(
        cluster=declared,
        taken_at=now,
        local_version=why if asks_api else fleet.local_version(cluster),
        keystore=fleet.keystore(cluster),
        thresholds=config.thresholds(),
        remotes=tuple(
            _not_seen(cluster, one, why)
            for one in cluster.remotes
            if one.alias not in out and (not wanted or one.alias in wanted)
        ),
        discovery=why if asks_api else None,
        api=LocalApi.nothing(why) if asks_api else LocalApi(),
        seen_from=seen_from,
    )


def _not_seen(cluster: ClusterConfig, config: RemoteConfig, why: Unavailable) -> RemoteEvidence:
    """One remote; its settings count as unread, because a cluster or a peer may have completed what is declared."""
    return RemoteEvidence(
        remote=fleet.remote(config, cluster.keystore),
        unreadable=why,
        remote_version=why,
        trust=why,
        identity=why,
        restrictions=why,
        credential=why,
        endpoints=why,
        belief=LocalView.nothing(why) if cluster.url is not None else LocalView(),
        api=RemoteApi.nothing(why) if config.url is not None else RemoteApi(),
    )


def together(views: Iterable[ClusterEvidence]) -> ClusterEvidence:
    """Put what several places saw of one cluster into one value."""
    first, *others = views
    return dataclasses.replace(first, other_views=tuple(others))

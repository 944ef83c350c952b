"""The check ccr/alias-changed."""

from __future__ import annotations

from checks.ccr._followers import UNLICENSED
from checks.shared.remedies import put_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    Indices,
    OfLocal,
    OfRemote,
    Registration,
    Registrations,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "ccr/alias-changed",
    severity=Severity.ERROR,
    docs=(docs.CCR_RECREATE, docs.CCR_TERM),
    tags=("replication", "alias"),
    source="documentation: migrate remote clusters, recreate a follower index; Ccr: a follower keeps the alias and the uuid of its leader",
    explains=("ccr/autofollow-silent",),
)
def alias_changed(
    remote: Remote,
    replication: Replication,
    registrations: OfLocal[Registrations],
    registration: Registration | Unavailable,
    here: OfLocal[Indices] | Unavailable,
    there: OfRemote[Indices] | Unavailable,
) -> Yields:
    """Followers name an alias that is gone, and their leaders are in this remote: it was registered again under another alias.

    Why it matters: a follower keeps the alias that it began with, and nothing changes it. It can't read, however well this remote is connected.

    How to fix: register the same cluster under the old alias too, with a key of its own in the keystore, and the followers go on. Or delete
    them and follow anew under the new alias.

    Example: ``cluster.remote.logs`` became ``cluster.remote.logs-eu`` with the move to API keys.
    """
    registered = {one.alias for one in registrations.all if one.enabled}
    orphans = [one for one in replication.followers if one.remote not in registered]
    if replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    elif not orphans:
        yield NotApplicable("every follower names an alias that is registered")
    elif isinstance(here, Unavailable):
        yield missing(here)
    elif isinstance(there, Unavailable):
        yield missing(there)
    else:
        led = {one.uuid for one in there.all if one.uuid}
        kept = {one.name: one.leader_uuid for one in here.all}
        for alias in dict.fromkeys(one.remote for one in orphans):
            followers = [one.index for one in orphans if one.remote == alias and kept.get(one.index) in led]
            if followers:
                yield _changed(remote, alias, followers, registration)


def _changed(remote: Remote, alias: str, followers: list[str], registration: Registration | Unavailable) -> Finding:
    values = {} if isinstance(registration, Unavailable) else dict(registration.values)
    again = put_settings({f"cluster.remote.{alias}.{key}": value for key, value in values.items()}) if values else ""
    call = f": {again}" if again else " with PUT _cluster/settings, as this remote is"
    return Finding(
        summary=f"Followers ({len(followers)}: {listed(followers)}) name the alias {shorten(alias, 80)}, which is not registered, and follow indices "
        f"of the remote {shorten(remote.alias, 80)}: the alias of a follower can't change.",
        remedy=f"Register this cluster under {shorten(alias, 80)} too{call}. Or recreate the followers: DELETE {shorten(followers[0], 80)}, then "
        f"PUT {shorten(followers[0], 80)}/_ccr/follow with remote_cluster {shorten(remote.alias, 80)}.",
        facts={"observed": alias, "expected": remote.alias, "followers": as_fact(followers)},
    )

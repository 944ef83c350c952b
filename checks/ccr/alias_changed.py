"""The check ccr/alias-changed."""

from __future__ import annotations

import dataclasses

from checks.ccr._calls import delete, follow_again
from checks.ccr._followers import UNLICENSED
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    Follower,
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
    docs=(docs.CCR_RECREATE, docs.CCR_TERMINATE),
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
            followers = [one for one in orphans if one.remote == alias and kept.get(one.index) in led]
            if followers:
                yield _changed(remote, alias, followers, registration)


def _changed(
    remote: Remote, alias: str, followers: list[Follower], registration: Registration | Unavailable
) -> Finding:
    values = {} if isinstance(registration, Unavailable) else dict(registration.values)
    settings = {f"cluster.remote.{alias}.{key}": value for key, value in values.items()}
    names, first = [one.index for one in followers], dataclasses.replace(followers[0], remote=remote.alias)
    old, new = shorten(alias, 80), shorten(remote.alias, 80)
    return Finding(
        summary=f"Followers ({len(names)}: {listed(names)}) name the alias {old}, which is not registered, and follow indices "
        f"of the remote {new}: the alias of a follower can't change.",
        remedy=f"Register this cluster under {old} too, with the settings of {new} and a key of its own. Or delete the followers, and follow "
        f"again under {new}.",
        fix=(
            *(on_local(put_settings(settings), when=f"to go on under {old}") if settings else ()),
            *on_local(delete(first.index), follow_again(first), when="to follow again instead, for each follower"),
        ),
        facts={"observed": alias, "expected": remote.alias, "followers": as_fact(names)},
    )

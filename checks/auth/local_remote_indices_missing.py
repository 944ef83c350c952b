"""The check auth/local-remote-indices-missing."""

from __future__ import annotations

from collections.abc import Sequence

from checks.auth._body_grants import grant_of, registered
from checks.auth._grants import OPEN, SUPERUSER, changeable, fits, named, on_remote, own, reads, uncovered
from checks.auth._key_record import CROSS_CLUSTER
from checks.auth._role_calls import add_to_role, create_role
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    FOLLOWING,
    SEARCHING,
    Finding,
    Grant,
    Json,
    KeyLookup,
    OfLocal,
    OfRemote,
    Remote,
    Role,
    RoleBodies,
    RoleBody,
    RoleEntry,
    Roles,
    SettingsTexts,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


def _documents(bodies: RoleBodies, texts: SettingsTexts | Unavailable) -> Yields:
    aliases = () if isinstance(texts, Unavailable) else registered(texts)
    for body in bodies.all:
        for entry in body.remote_indices:
            grant = grant_of(entry)
            if not (reads(grant) or _replicates(grant)) and entry.privileges:
                yield _without_read(body, entry)
            if aliases and entry.clusters and not any(fits(grant, alias) is not False for alias in aliases):
                yield Finding(
                    summary=f"remote_indices of {_called(body)} is for {listed(grant.clusters)}, and no such remote is registered in the documents "
                    f"({listed(aliases)}).",
                    remedy="Write the alias of the remote there, as the settings of the local cluster have it.",
                    facts={"observed": as_fact(grant.clusters), "expected": as_fact(aliases)},
                    origin=entry.clusters[0].origin,
                )


def _called(body: RoleBody) -> str:
    return f"the role {shorten(body.name, 80)}" if body.name else "the role"


def _without_read(body: RoleBody, entry: RoleEntry) -> Finding:
    has = [one.text for one in entry.privileges]
    return Finding(
        summary=f"remote_indices of {_called(body)} has {listed(has)} and not read: its users' searches of {listed([one.text for one in entry.clusters])} "
        "are refused.",
        remedy="Add read to the privileges of that entry; nothing has to be done if nothing is searched with it.",
        severity=Severity.WARNING,
        facts={"observed": as_fact(has), "expected": "read"},
        origin=entry.privileges[0].origin,
    )


@check(
    "auth/local-remote-indices-missing",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_REMOTE_INDICES, docs.ROLE_STRUCTURE, docs.CCS_PRIVILEGES_API_KEY),
    tags=("privileges", "roles"),
    source="documentation: role structure, remote_indices; troubleshoot remote clusters; privileges tried on 8.19.0, where "
    "read_cross_cluster without read searches nothing",
    explains=("runtime/connected-not-proof", "runtime/skipped-clusters"),
    in_documents=_documents,
)
def local_remote_indices_missing(
    remote: Remote, roles: OfLocal[Roles], remote_side: OfRemote[KeyLookup] | Unavailable
) -> Yields:
    """Local roles give no access to this remote.

    Why it matters: in the API key model a user needs ``remote_indices`` for the alias in a local role; only superusers get through without.
    Roles on the remote cluster count for nothing.

    With ``use.roles`` declared those roles are judged together, for a user holds several; without, this is an info where no role names the
    alias at all.

    How to fix: add ``remote_indices`` with the alias to the role of the users who search there.

    Example: after the change from certificates to API keys every search by ordinary users ends with 403.
    """
    if remote.use.roles:
        yield from _declared_roles(remote, roles)
        return
    if _for_no_search(remote_side):
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
        return
    made = own(roles)
    entries, open_ones = on_remote((grant for role in made for grant in role.remote_indices), remote.alias)
    if entries:
        return
    if open_ones:
        yield Unknown(OPEN)
        return
    yield Finding(
        summary=f"No role that GET _security/role shows has remote_indices for {shorten(remote.alias, 80)} ({len(made)} that are not built in): "
        "superusers apart, only a role in roles.yml could let somebody search it.",
        remedy="Give the users of this remote a role with remote_indices for it.",
        fix=create_role("<name>", _entry(remote)),
        severity=Severity.INFO,
        facts={"observed": 0, "expected": "at least 1", "roles": len(made)},
    )


def _declared_roles(remote: Remote, roles: Roles) -> Yields:
    found, missing = named(roles, remote.use.roles)
    for name in missing:
        yield Finding(
            summary=f"The role {shorten(name, 80)}, whose users search this remote, is not among those that GET _security/role shows.",
            remedy="Create the role. If it is in roles.yml, which that call does not show, acknowledge this finding.",
            fix=create_role(name, _entry(remote)),
            facts={"role": name, "observed": "no such role", "expected": "remote_indices for the alias"},
        )
    if not missing:
        yield from _merged(remote, found)


def _merged(remote: Remote, roles: tuple[Role, ...]) -> Yields:
    """What the declared roles give together. One that does not exist may be what gives it, so that then nothing is found."""
    judged = {role: on_remote(role.remote_indices, remote.alias) for role in roles}
    enough = _replicates if _only_follows(remote) else reads
    reading = [grant for entries, _ in judged.values() for grant in entries if enough(grant)]
    if any(role.name == SUPERUSER for role in roles):
        return
    if reading:
        left, unsure = uncovered(reading, (*remote.use.search, *(remote.use.replicate if enough is not reads else ())))
        if unsure:
            yield Unknown(unsure)
        elif left:
            yield _other_indices(remote, roles, left)
        return
    if any(is_open for _, is_open in judged.values()):
        yield Unknown(OPEN)
        return
    reaching = tuple(role for role, (entries, _) in judged.items() if entries)
    yield _no_access(remote, roles, reaching)


def _replicates(grant: Grant) -> bool:
    """Tell whether an entry lets leaders be followed (documentation: privileges for cross-cluster replication, API keys)."""
    return any(name.lower() in {"cross_cluster_replication", "all"} or ":" in name for name in grant.privileges)


def _other_indices(remote: Remote, roles: tuple[Role, ...], left: list[str]) -> Finding:
    names = listed([role.name for role in roles])
    how = add_to_role(changeable(roles), _entry(remote, left))
    return Finding(
        summary=f"The remote_indices of the roles whose users need this remote ({names}) name other indices of {shorten(remote.alias, 80)} than "
        f"{listed(left)}: those are refused with 403.",
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.ERROR,
        facts={
            "roles": as_fact([role.name for role in roles]),
            "observed": "other indices",
            "expected": as_fact(left),
        },
    )


def _no_access(remote: Remote, roles: tuple[Role, ...], reaching: tuple[Role, ...]) -> Finding:
    alias = shorten(remote.alias, 80)
    names = listed([role.name for role in reaching or roles])
    needed, so = (
        ("cross_cluster_replication", "following is refused")
        if _only_follows(remote)
        else ("read", "their searches are refused")
    )
    what = (
        f"Of the roles whose users need this remote, {names} {'names' if len(reaching) == 1 else 'name'} {alias} in remote_indices, without {needed}"
        if reaching
        else f"None of the roles whose users need this remote ({names}) has remote_indices for {alias}"
    )
    how = add_to_role(changeable(reaching or roles), _entry(remote))
    return Finding(
        summary=f"{what}: {so}.",
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.WARNING if reaching else Severity.ERROR,
        facts={
            "roles": as_fact([role.name for role in roles]),
            "observed": f"no {needed}" if reaching else "no remote_indices for the alias",
            "expected": f"{needed} in remote_indices for the alias",
        },
    )


def _only_follows(remote: Remote) -> bool:
    return bool(remote.use.replicate) and not remote.use.search


def _for_no_search(remote_side: KeyLookup | Unavailable) -> bool:
    """Whether the key is known to allow no search: roles make no difference then, and replication needs none that searches."""
    record = None if isinstance(remote_side, Unavailable) else remote_side.record
    return record is not None and record.type == CROSS_CLUSTER and not record.search


def _entry(remote: Remote, wanted: Sequence[str] = ()) -> dict[str, Json]:
    """The entry that is missing, for the patterns that are."""
    follows = _only_follows(remote)
    names = list(wanted or (remote.use.replicate if follows else remote.use.search)) or ["<indices>"]
    privileges = list(FOLLOWING if follows else SEARCHING)
    return {"remote_indices": [{"clusters": [remote.alias], "names": names, "privileges": privileges}]}

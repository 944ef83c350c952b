"""The calls that make a role, or add to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from checks.shared.fixes import Remedy, call, on_local, on_remote
from diag.model import Fix, Json, Role, in_path, shorten

_MAX_FIRST_BYTES: Final = "<those that are there>"


def create_role(name: str, body: Mapping[str, Json], *, there: bool = False) -> tuple[Fix, ...]:
    """The call that makes a role, on the local cluster or on the remote one (``there``)."""
    return (on_remote if there else on_local)(call("PUT", f"_security/role/{in_path(name)}", body))


def add_to_role(role: Role, entries: Mapping[str, Json], *, there: bool = False) -> Remedy:
    """Add entries to a role. The call replaces the whole role, and a built-in one can't be changed."""
    if role.reserved:
        return Remedy(
            f"The built-in role {shorten(role.name, 80)} can't be changed: give its users a further role.",
            create_role("<name>", entries, there=there),
        )
    path = f"_security/role/{in_path(role.name)}"
    put = call("PUT", path, _whole(role, entries))
    return Remedy(
        f"Add to the role {shorten(role.name, 80)} what is missing. The call replaces the whole role: keep all that GET shows.",
        (on_remote if there else on_local)(call("GET", path), put),
    )


def _whole(role: Role, entries: Mapping[str, Json]) -> dict[str, Json]:
    """The role with more entries. Of those it has, limits to documents and fields are not known here, nor its applications: the reader copies them."""
    has = {name: bool(getattr(role, name)) for name in ("indices", "remote_indices", "remote_cluster")}
    body: dict[str, Json] = {"cluster": [*role.cluster]} if role.cluster else {}
    for name in dict.fromkeys((*has, *entries)):
        more = entries.get(name, ())
        new = list(more) if isinstance(more, (list, tuple)) else []
        if name == "cluster":
            body[name] = [*dict.fromkeys((*role.cluster, *map(str, new)))]
        elif has.get(name) or new:
            body[name] = [*([_MAX_FIRST_BYTES] if has.get(name) else []), *new]
    return {**body, "applications": [_MAX_FIRST_BYTES]}

"""The roles of a cluster (``GET /_security/role``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from diag.evidence.call import FIRST_READ_SECURITY, READ_SECURITY, Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, items, mapping, text, texts, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

CALL: Final = Call(
    path="/_security/role?filter_path=*.cluster,*.indices.names,*.indices.privileges,*.remote_indices,*.remote_cluster,"
    "*.metadata._reserved",
    privilege=READ_SECURITY,
    since=FIRST_READ_SECURITY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An entry of a role: privileges on indices (``names``), of remotes where ``clusters`` has patterns of aliases."""

    privileges: tuple[str, ...]
    names: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role. ``reserved`` ones are built in."""

    name: str
    cluster: tuple[str, ...] = ()
    indices: tuple[Grant, ...] = ()
    remote_indices: tuple[Grant, ...] = ()
    remote_cluster: tuple[Grant, ...] = ()
    reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """All roles of a cluster."""

    all: tuple[Role, ...]


def read(answer: object) -> Roles | Unavailable:
    """Read the roles."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(CALL)
    return Roles(all=tuple(_role(text(name), mapping(one)) for name, one in reported.items()))


def _role(name: str, reported: Mapping[str, object]) -> Role:
    return Role(
        name=name,
        cluster=texts(reported.get("cluster", [])),
        indices=_grants(items(reported.get("indices"))),
        remote_indices=_grants(items(reported.get("remote_indices"))),
        remote_cluster=_grants(items(reported.get("remote_cluster"))),
        reserved=flag(mapping(reported.get("metadata")).get("_reserved")) is True,
    )


def _grants(entries: Iterable[Mapping[str, object]]) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            privileges=texts(one.get("privileges", [])),
            names=texts(one.get("names", [])),
            clusters=texts(one.get("clusters", [])),
        )
        for one in entries
    )


PIECE: Final = Piece(name="roles", noun=Roles, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(CALL,), read=read)

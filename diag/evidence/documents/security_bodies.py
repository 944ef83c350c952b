"""Bodies of requests to the security API, as somebody wrote them down: cross-cluster API keys and roles."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyText:
    """One text of a body, and where it stands."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRefusal:
    """What Elasticsearch refuses a body for, with 400: what stands there, and what is expected."""

    message: str
    expected: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """One entry of ``access`` of a key: which indices, and whether it shows restricted ones. ``limit`` is the place of a query or of fields."""

    names: tuple[BodyText, ...] = ()
    restricted: bool = False
    limit: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBody:
    """A body that makes or changes a cross-cluster API key. ``lifetime`` is its ``expiration`` as it is written, None where it has none.

    ``changes``: it changes a key that is there, so that what it leaves out stays as it is. ``identity`` is the place of its
    ``certificate_identity``, None where it has none.
    """

    search: tuple[AccessEntry, ...] = ()
    replication: tuple[AccessEntry, ...] = ()
    lifetime: BodyText | None = None
    changes: bool = False
    identity: Origin | None = None
    refused: tuple[BodyRefusal, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBodies:
    """Every such body that was given."""

    all: tuple[KeyBody, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEntry:
    """An entry of a role: privileges on indices, of remotes where ``clusters`` has patterns of aliases."""

    clusters: tuple[BodyText, ...] = ()
    names: tuple[BodyText, ...] = ()
    privileges: tuple[BodyText, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBody:
    """A role as it is to be made. ``name`` is empty where only the address of the request would tell it."""

    name: str = ""
    indices: tuple[RoleEntry, ...] = ()
    remote_indices: tuple[RoleEntry, ...] = ()
    refused: tuple[BodyRefusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBodies:
    """Every role that was given."""

    all: tuple[RoleBody, ...] = ()


KEYS: Final = Piece(name="key_bodies", noun=KeyBodies, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
ROLES: Final = Piece(name="role_bodies", noun=RoleBodies, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)

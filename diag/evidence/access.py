"""API keys, roles and privileges, as the clusters tell of them. Never a key itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """One entry of the ``access`` of a cross-cluster API key."""

    names: tuple[str, ...]
    restricted: bool = False
    has_query: bool = False
    has_fields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key as a cluster knows it (``GET /_security/api_key?id=``): never the key itself, nor its id.

    ``search`` and ``replication`` are its ``access``; ``cluster`` are the cluster privileges behind them. ``owner`` is the user who
    made it, who alone may change it without ``manage_security``.
    """

    name: str
    type: str = "rest"
    invalidated: bool = False
    created: datetime | None = None
    expires: datetime | None = None
    search: tuple[KeyAccess, ...] = ()
    replication: tuple[KeyAccess, ...] = ()
    cluster: tuple[str, ...] = ()
    certificate_identity: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """What the remote cluster knows of the key that the configuration holds; None: no such key."""

    record: KeyRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalKey:
    """What the local cluster knows of that key; a cross-cluster key that is known here was made on the wrong side."""

    record: KeyRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An entry of a role: privileges on indices (``names``), of remotes where ``clusters`` has patterns of aliases."""

    privileges: tuple[str, ...]
    names: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role (``GET /_security/role``). ``reserved`` ones are built in."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRoles(Roles):
    """Of the local cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRoles(Roles):
    """Of the remote cluster."""

"""The IP filters of a cluster's interfaces (``GET /_cluster/settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.evidence.elasticsearch.cluster_settings import CALL, LAYERS, is_settings
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, mapping, parts, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IpFilter:
    """One IP filter (``xpack.security.<name>.filter``). ``enabled`` is None where the setting is not there, which means yes."""

    name: str
    enabled: bool | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpFilters:
    """The IP filters; that of the remote cluster server falls back to that of transport.

    ``bound_allowed`` says that a node never refuses an address that it is bound to itself (``always_allow_bound_address``).
    """

    all: tuple[IpFilter, ...]
    bound_allowed: bool = True

    def _named(self, name: str) -> IpFilter:
        return next((one for one in self.all if one.name == name), IpFilter(name=name))

    @property
    def own_for_server(self) -> bool:
        """Whether the remote cluster server has a list of its own."""
        server = self._named("remote_cluster")
        return bool(server.allow or server.deny)

    def enabled(self, name: str) -> bool:
        """Whether the filter is in force."""
        return self._named(name).enabled is not False

    def of(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What it allows, and what it denies."""
        one = self._named(name)
        return one.allow, one.deny


def read(answer: object) -> IpFilters | Unavailable:
    """Read the filters; a setting of the cluster goes before that of the file."""
    if not is_settings(answer):
        return unreadable(CALL)
    found: dict[str, dict[str, object]] = {}
    bound: bool | None = None
    for layer in LAYERS:
        security = mapping(mapping(mapping(mapping(answer).get(layer)).get("xpack")).get("security"))
        for name in ("transport", "remote_cluster"):
            found.setdefault(name, {}).update(mapping(mapping(security.get(name)).get("filter")))
        allowed = flag(mapping(security.get("filter")).get("always_allow_bound_address"))
        bound = bound if allowed is None else allowed
    return IpFilters(all=tuple(_filter(name, one) for name, one in found.items()), bound_allowed=bound is not False)


def _filter(name: str, one: Mapping[str, object]) -> IpFilter:
    return IpFilter(
        name=name, enabled=flag(one.get("enabled")), allow=parts(one.get("allow")), deny=parts(one.get("deny"))
    )


PIECE: Final = Piece(name="filters", noun=IpFilters, subjects=(Subject.REMOTE,), calls=(CALL,), read=read)

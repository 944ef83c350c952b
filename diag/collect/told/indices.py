"""What a cluster tells of indices: their metadata, the health of followers, and how far the copying of a follower is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from diag.collect import calls
from diag.collect.told.json import flag, items, mapping, moment, number, text, texts, unreadable
from diag.evidence.indices import MAX_INDICES
from diag.model import FollowerShards, Index, Indices, InitialRecovery, Unavailable, Version
from diag.patterns import matches

# From 8.11 on an index carries a number that counts changes of the format (IndexVersion), and no release.
_FIRST_OPAQUE_ID: Final = 8_500_000
_NO_PIPELINE: Final = "_none"
_ALL: Final = "_all"
_UNITS: Final = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_USUAL_RATE: Final = 40 << 20


def indices_of(answer: object, around: object, wanted: Iterable[str]) -> Indices | Unavailable:
    """Read the indices that are wanted: by name, by alias, or by a data stream that they belong to.

    ``around`` is the metadata that is of no index: a cluster leaves it out as soon as indices are named in the call.
    """
    for one in (answer, around):
        if isinstance(one, Unavailable):
            return one
        if "cluster_uuid" not in mapping(one):
            return unreadable("GET /_cluster/state/metadata")
    metadata, besides = (mapping(mapping(one).get("metadata")) for one in (answer, around))
    chosen = _Chosen(wanted)
    streams = _streams(besides, chosen)
    made = (_index(text(name), mapping(one)) for name, one in mapping(metadata.get("indices")).items())
    named = (replace(one, aliases=one.aliases + streams.aliases_of(one.name)) for one in made)
    kept = (one for one in named if one.name in streams.backing or any(map(chosen.takes, (one.name, *one.aliases))))
    policies = mapping(mapping(besides.get("index_lifecycle")).get("policies"))
    pipelines = items(mapping(besides.get("ingest")).get("pipeline"))
    return Indices(
        all=tuple(sorted(kept, key=lambda one: one.name)[:MAX_INDICES]),
        policies=tuple(sorted(map(text, policies))[:MAX_INDICES]),
        pipelines=tuple(sorted(text(one.get("id")) for one in pipelines)[:MAX_INDICES]),
        data_streams=streams.names,
    )


@dataclass(frozen=True, slots=True)
class _Streams:
    """The data streams that are wanted, by their names or by an alias, with the indices behind them."""

    names: tuple[str, ...]
    backing: Mapping[str, tuple[str, ...]]

    def aliases_of(self, index: str) -> tuple[str, ...]:
        """The aliases that an index has as part of its data stream."""
        return self.backing.get(index, ())


def _streams(besides: Mapping[str, object], chosen: _Chosen) -> _Streams:
    reported = mapping(besides.get("data_stream"))
    aliases: dict[str, list[str]] = {}
    for alias, one in mapping(reported.get("data_stream_aliases")).items():
        for stream in texts(mapping(one).get("data_streams", [])):
            aliases.setdefault(stream, []).append(text(alias))
    wanted = {
        text(name): mapping(one)
        for name, one in mapping(reported.get("data_stream")).items()
        if any(map(chosen.takes, (text(name), *aliases.get(text(name), ()))))
    }
    return _Streams(
        names=tuple(sorted(wanted)),
        backing={
            text(index.get("index_name")): tuple(aliases.get(name, ()))
            for name, one in wanted.items()
            for index in items(one.get("indices"))
        },
    )


class _Chosen:
    """Which names are wanted: exact ones, of which there may be many, and patterns."""

    def __init__(self, wanted: Iterable[str]) -> None:
        names = frozenset("*" if name == _ALL else name for name in wanted)
        self._patterns = tuple(name for name in names if "*" in name)
        self._names = names.difference(self._patterns)

    def takes(self, name: str) -> bool:
        """Whether a name is wanted."""
        return name in self._names or any(matches(pattern, name) for pattern in self._patterns)


def _index(name: str, reported: Mapping[str, object]) -> Index:
    settings = mapping(mapping(reported.get("settings")).get("index"))
    ilm = mapping(reported.get("ilm"))
    ccr = mapping(mapping(settings.get("xpack")).get("ccr"))
    pipelines = (text(settings.get(key)) for key in ("default_pipeline", "final_pipeline"))
    return Index(
        name=name,
        created=moment(_digits(settings.get("creation_date"))),
        created_in=_release(_digits(mapping(settings.get("version")).get("created"))),
        soft_deletes=flag(mapping(settings.get("soft_deletes")).get("enabled")),
        system=flag(reported.get("system")) is True,
        closed=reported.get("state") == "close",
        follows=flag(ccr.get("following_index")) is True,
        policy=text(mapping(settings.get("lifecycle")).get("name")),
        pipelines=tuple(one for one in pipelines if one not in {"", _NO_PIPELINE}),
        aliases=texts(reported.get("aliases", [])),
        step=text(ilm.get("step")),
        step_since=moment(_digits(ilm.get("step_time"))),
        blocks=tuple(sorted(text(name) for name, on in mapping(settings.get("blocks")).items() if flag(on))),
    )


def _digits(value: object) -> int:
    """A number that metadata holds as text."""
    digits = text(value)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else number(value)  # noqa: PLR2004 -- what fits into 64 bits.


def _release(created: int) -> Version | None:
    """The release that made an index, from its id: major, minor and patch in two digits each; later ids tell the major alone."""
    if created <= 0:
        return None
    if created >= _FIRST_OPAQUE_ID:
        return Version(min(created // 1_000_000, 999), 0, 0)
    return Version(min(created // 1_000_000, 999), created // 10_000 % 100, created // 100 % 100)


def followers_health_of(answer: object, followers: Iterable[str]) -> tuple[FollowerShards, ...] | Unavailable:
    """Read the health of these indices; one that is not there is left out."""
    reported = mapping(answer)
    if "cluster_name" not in reported:
        return unreadable(calls.FOLLOWERS_HEALTH.name)
    shown = mapping(reported.get("indices"))
    return tuple(
        FollowerShards(
            index=name,
            status=text(mapping(shown[name]).get("status")),
            initializing=number(mapping(shown[name]).get("initializing_shards")),
        )
        for name in followers
        if name in shown
    )


def copies_of(answer: object) -> tuple[InitialRecovery, ...] | Unavailable:
    """Read how many bytes each index still has to fetch from its leader."""
    if not isinstance(answer, Mapping):
        return unreadable("GET /_recovery")
    return tuple(_copies(mapping(answer)))


def _copies(reported: Mapping[str, object]) -> Iterator[InitialRecovery]:
    for name, index in reported.items():
        sizes = [
            mapping(mapping(shard.get("index")).get("size"))
            for shard in items(mapping(index).get("shards"))
            if text(shard.get("type")).upper() == "SNAPSHOT"  # The leader poses as a repository of snapshots.
        ]
        if sizes:
            yield InitialRecovery(index=text(name), left=sum(map(_left, sizes)))


def _left(size: Mapping[str, object]) -> int:
    done = number(size.get("reused_in_bytes")) + number(size.get("recovered_in_bytes"))
    return max(0, number(size.get("total_in_bytes")) - done)


def copy_rate_of(answer: object) -> int:
    """Read ``ccr.indices.recovery.max_bytes_per_sec`` from the settings, in bytes; the usual value where it is not there."""
    reported = mapping(answer)
    for layer in ("transient", "persistent", "defaults"):
        recovery = mapping(mapping(mapping(mapping(reported.get(layer)).get("ccr")).get("indices")).get("recovery"))
        found = re.fullmatch(
            r"(\d{1,15}(?:\.\d{1,9})?)(b|kb|mb|gb|tb)", text(recovery.get("max_bytes_per_sec")).lower()
        )
        if found is not None:
            return int(float(found[1]) * _UNITS[found[2]])
    return _USUAL_RATE

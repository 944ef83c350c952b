"""The indices of a cluster as its metadata shows them (``GET /_cluster/state/metadata``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from diag.evidence.call import MAX_NAMES_LENGTH, Call, joined
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, items, mapping, moment, number, text, texts, unreadable
from diag.evidence.terms import Reason, Step, Unavailable, Version
from diag.lazy_dataclass import dataclass
from diag.patterns import matches

# So many indices of a cluster are kept at the most; a list of that length may lack some.
MAX_INDICES: Final = 5000
NO_DECLARED_USE: Final = Unavailable(
    step=Step.API,
    reason=Reason.NOT_REQUESTED,
    detail="nothing is replicated from this remote, and no use is declared for it",
)
# From 8.11 on an index carries a number that counts changes of the format (IndexVersion), and no release.
_FIRST_OPAQUE_ID: Final = 8_500_000
_NO_PIPELINE: Final = "_none"
_ALL: Final = "_all"
_OF_AN_INDEX: Final = (
    "state,system,ilm.step,ilm.step_time,aliases,settings.index.creation_date,settings.index.soft_deletes.enabled,"
    "settings.index.version.created,settings.index.lifecycle.name,settings.index.default_pipeline,settings.index.final_pipeline,"
    "settings.index.blocks,settings.index.xpack.ccr.following_index,settings.index.uuid,ccr.leader_index_uuid"
)
_METADATA: Final = ",".join(("cluster_uuid", *(f"metadata.indices.*.{key}" for key in _OF_AN_INDEX.split(","))))
_PATH: Final = "/_cluster/state/metadata"
# What a cluster holds besides its indices: asked for by itself, because a call that names indices gets none of it (measured on
# 6.8.23, 8.19.0 and 9.2.0).
AROUND: Final = Call(
    path=f"{_PATH}?filter_path=cluster_uuid,metadata.index_lifecycle.policies.*.version,metadata.ingest.pipeline.id,"
    "metadata.data_stream.data_stream.*.indices.index_name,metadata.data_stream.data_stream_aliases.*.data_streams"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index.

    ``created_in`` is the release that made it. ``soft_deletes`` is None where the setting is not there: then it is on from 7.0 on.
    ``follows`` says that it is itself a follower. ``pipelines`` are its default and final ingest pipelines, ``policy`` its ILM policy.
    ``step`` is the ILM step that it is in, since ``step_since``. ``blocks`` are those of its ``index.blocks`` that are on; None where they
    were not asked for. ``uuid`` is its own, which an index that is deleted and made again does not keep, ``leader_uuid`` that of the index
    which it began to follow; both empty where they are not known.
    """

    name: str
    created: datetime | None = None
    created_in: Version | None = None
    soft_deletes: bool | None = None
    system: bool = False
    closed: bool = False
    follows: bool = False
    policy: str = ""
    pipelines: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    step: str = ""
    step_since: datetime | None = None
    blocks: tuple[str, ...] | None = None
    uuid: str = ""
    leader_uuid: str = ""

    @property
    def replicable(self) -> bool:
        """Whether it keeps the history of operations that a follower reads (soft deletes)."""
        if self.soft_deletes is not None:
            return self.soft_deletes
        return self.created_in is None or self.created_in >= Version(7, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Those indices of a cluster that a check may ask for: followers, leaders, and what the declared use of a remote names.

    ``policies`` and ``pipelines`` are the names of all ILM policies and ingest pipelines that the cluster has, ``data_streams`` those
    of the data streams that the declared use names.
    """

    all: tuple[Index, ...]
    policies: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    data_streams: tuple[str, ...] = ()

    def named(self, name: str) -> Index | None:
        """The index of this name, None where the cluster has none."""
        return next((one for one in self.all if one.name == name), None)


def of_names(names: Iterable[str]) -> Call:
    """What the cluster holds of these indices; patterns are allowed.

    Names beyond what an address can hold are left to the reader of the answer: all indices are asked for then.
    """
    # What a pattern takes out again is left to the reader: in one call it would take out the leaders that are named beside it.
    wanted = joined(name for name in names if not name.startswith("-"))
    path = f"{_PATH}/{wanted}" if 0 < len(wanted) <= MAX_NAMES_LENGTH else _PATH
    wide = "ignore_unavailable=true&allow_no_indices=true&expand_wildcards=all"
    return Call(path=f"{path}?{wide}&filter_path={_METADATA}")


def read(answer: object, around: object, wanted: Iterable[str]) -> Indices | Unavailable:
    """Read the indices that are wanted: by name, by alias, or by a data stream that they belong to.

    ``around`` is the metadata that is of no index: a cluster leaves it out as soon as indices are named in the call.
    """
    for one in (answer, around):
        if isinstance(one, Unavailable):
            return one
        if "cluster_uuid" not in mapping(one):
            return unreadable(AROUND)
    metadata, metadata_around = (mapping(mapping(one).get("metadata")) for one in (answer, around))
    chosen = _Chosen(wanted)
    streams = _streams(metadata_around, chosen)
    made = (_index(text(name), mapping(one)) for name, one in mapping(metadata.get("indices")).items())
    named = (replace(one, aliases=one.aliases + streams.aliases_of(one.name)) for one in made)
    kept = (one for one in named if one.name in streams.backing or any(map(chosen.takes, (one.name, *one.aliases))))
    policies = mapping(mapping(metadata_around.get("index_lifecycle")).get("policies"))
    pipelines = items(mapping(metadata_around.get("ingest")).get("pipeline"))
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


def _streams(metadata_around: Mapping[str, object], chosen: _Chosen) -> _Streams:
    reported = mapping(metadata_around.get("data_stream"))
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
        uuid=text(settings.get("uuid")),
        leader_uuid=text(mapping(reported.get("ccr")).get("leader_index_uuid")),
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


PIECE: Final = Piece(name="indices", noun=Indices, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(AROUND,))

"""The transforms of a cluster that read from remotes, and how they are (``GET /_transform``)."""

from __future__ import annotations

from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, number, stated, text, texts, unreadable
from diag.evidence.terms import Unavailable, Version
from diag.lazy_dataclass import dataclass

CALL: Final = Call(
    path="/_transform/_all?size=1000&filter_path=count,transforms.id,transforms.source.index", since=Version(7, 5, 0)
)
STATES: Final = Call(
    path="/_transform/_all/_stats?size=1000&filter_path=count,transforms.id,transforms.state,transforms.reason",
    since=Version(7, 5, 0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A transform that reads from remotes: their aliases, its state, and why it failed (Elasticsearch's text)."""

    id: str
    remotes: tuple[str, ...]
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transforms:
    """The transforms of a cluster that read from remotes."""

    all: tuple[Transform, ...]


def read(configured: object, states: object) -> Transforms | Unavailable:
    """Put two answers together: what each transform reads, and its state. Where one is not whole, the result is unavailable."""
    for answer, call in ((configured, CALL), (states, STATES)):
        reported = mapping(answer)
        if not isinstance(reported.get("count"), int) or number(reported["count"]) > len(
            list(items(reported.get("transforms", [])))
        ):
            return unreadable(call)
    shown = {text(one.get("id")): one for one in items(mapping(states).get("transforms", []))}
    made = (
        Transform(
            id=text(one.get("id")),
            remotes=_remotes(texts(mapping(one.get("source")).get("index", []))),
            state=text(shown.get(text(one.get("id")), {}).get("state")),
            reason=stated(shown.get(text(one.get("id")), {}).get("reason")),
        )
        for one in items(mapping(configured).get("transforms", []))
    )
    return Transforms(all=tuple(one for one in made if one.remotes))


def _remotes(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The aliases before the colons; a pattern may stand for several remotes."""
    parts = (part.strip() for source in sources for part in source.split(","))
    # Not every colon stands behind an alias: date math has them too, and two of them stand before the part of a data stream.
    named = (part.partition(":") for part in parts if not part.startswith(("-", "<")))
    return tuple(dict.fromkeys(alias for alias, _, rest in named if alias and rest and not rest.startswith(":")))


PIECE: Final = Piece(name="transforms", noun=Transforms, subjects=(Subject.LOCAL,), calls=(CALL, STATES), read=read)

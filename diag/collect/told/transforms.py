"""What a local cluster tells of its transforms: those that read from remotes, and how they are."""

from __future__ import annotations

from diag.collect import calls
from diag.collect.told.json import items, mapping, number, stated, text, texts, unreadable
from diag.model import Transform, Unavailable


def transforms_of(configured: object, states: object) -> tuple[Transform, ...] | Unavailable:
    """Put two answers together: what each transform reads, and its state. Where one could not be had whole, nothing is said."""
    for answer, call in ((configured, calls.TRANSFORMS), (states, calls.TRANSFORM_STATES)):
        if isinstance(answer, Unavailable):
            return answer
        reported = mapping(answer)
        if not isinstance(reported.get("count"), int) or number(reported["count"]) > len(
            list(items(reported.get("transforms", [])))
        ):
            return unreadable(call.name)
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
    return tuple(one for one in made if one.remotes)


def _remotes(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The aliases before the colons; a pattern may stand for several remotes."""
    parts = (part.strip() for source in sources for part in source.split(","))
    # Not every colon stands behind an alias: date math has them too, and two of them stand before the part of a data stream.
    named = (part.partition(":") for part in parts if not part.startswith(("-", "<")))
    return tuple(dict.fromkeys(alias for alias, _, rest in named if alias and rest and not rest.startswith(":")))

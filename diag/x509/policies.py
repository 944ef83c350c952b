"""Whether a path meets the certificate policies that a CA in it demands (RFC 5280, 6.1), in the little that is needed for yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.x509.der import elements, first, inside, object_identifier

ANY_POLICY: Final = "2.5.29.32.0"
_NEVER: Final = 1 << 30


@dataclass(slots=True)
class PolicyRules:
    """What one certificate says on policies: its own (None: no extension), its mappings, and its demands on the rest of the path."""

    policies: frozenset[str] | None = None
    mappings: tuple[tuple[str, str], ...] = ()
    explicit: int | None = None
    no_mapping: int | None = None
    no_any: int | None = None
    self_issued: bool = False


@dataclass(slots=True)
class _State:
    """How things stand on the way down; ``accepted`` None stands for every policy."""

    accepted: frozenset[str] | None = None
    explicit: int = _NEVER
    no_any: int = _NEVER
    no_mapping: int = _NEVER


def read_policies(rules: PolicyRules, oid: str, value: bytes) -> None:
    """Read one of the four extensions into ``rules``. Raises ValueError where it is malformed."""
    match oid:
        case "2.5.29.32":
            infos = inside(first(value), 0x30)
            rules.policies = frozenset(object_identifier(next(inside(info, 0x30)).content) for info in infos)
        case "2.5.29.33":
            pairs = [
                tuple(object_identifier(part.content) for part in inside(pair, 0x30))
                for pair in inside(first(value), 0x30)
            ]
            rules.mappings = tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2)  # noqa: PLR2004 -- a pair.
        case "2.5.29.36":
            counts = {part.number: int.from_bytes(part.content, "big") for part in elements(first(value).content)}
            rules.explicit, rules.no_mapping = counts.get(0), counts.get(1)
        case "2.5.29.54":
            rules.no_any = int.from_bytes(first(value).content, "big")


def are_satisfied(path: Sequence[PolicyRules]) -> bool:
    """Tell whether the certificates from below the trusted one down to the leaf meet what they demand of each other."""
    state = _State()
    for place, rules in enumerate(path):
        last = place == len(path) - 1
        _narrow(state, rules, last=last)
        if last:
            state.explicit = 0 if rules.explicit == 0 else state.explicit - 1
        if state.explicit <= 0 and state.accepted is not None and not state.accepted:
            return False
        if not last:
            _go_down(state, rules)
    return True


def _narrow(state: _State, rules: PolicyRules, *, last: bool) -> None:
    own = rules.policies or frozenset()
    any_counts = ANY_POLICY in own and (state.no_any > 0 or (rules.self_issued and not last))
    if not any_counts:
        own -= {ANY_POLICY}
        state.accepted = own if state.accepted is None else state.accepted & own


def _go_down(state: _State, rules: PolicyRules) -> None:
    if rules.mappings and state.accepted is not None:
        mapped = {before: {after for one, after in rules.mappings if one == before} for before, _ in rules.mappings}
        kept = state.accepted - set(mapped)
        new = set[str]().union(*(after for before, after in mapped.items() if before in state.accepted))
        state.accepted = frozenset(kept | (new if state.no_mapping > 0 else set()))
    step = 0 if rules.self_issued else 1
    state.explicit = min(state.explicit - step, _or_never(rules.explicit))
    state.no_mapping = min(state.no_mapping - step, _or_never(rules.no_mapping))
    state.no_any = min(state.no_any - step, _or_never(rules.no_any))


def _or_never(count: int | None) -> int:
    return _NEVER if count is None else count

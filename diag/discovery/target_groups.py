"""Target groups in the format that Prometheus defines for files and HTTP: a list of ``{targets: [...], labels: {...}}``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from diag.lazy_dataclass import dataclass
from diag.text import mask_userinfo, shown

MAX_TARGETS: Final = 10_000
_SCHEME: Final = "__scheme__"
_SCHEMES: Final = ("http", "https")


class TargetGroupError(ValueError):
    """A text is no list of target groups; the message names the place, what stands there and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One local cluster: its name (that of the label ``name``, else the target itself) and the URL of its API."""

    name: str
    url: str


def targets_in(parsed: Any) -> tuple[Target, ...]:  # noqa: ANN401 -- whatever JSON or YAML holds.
    """Read target groups. Raises TargetGroupError for anything else, and for a name that two targets have."""
    found: dict[str, Target] = {}
    for one in _targets(parsed):
        if one.name in found and found[one.name] != one:
            msg = f"two targets have the name {shown(one.name, 80)!r}; expected each name once"
            raise TargetGroupError(msg)
        found[one.name] = one
        if len(found) > MAX_TARGETS:
            msg = f"it names more than {MAX_TARGETS} targets"
            raise TargetGroupError(msg)
    return tuple(found.values())


def _targets(parsed: Any) -> Iterator[Target]:  # noqa: ANN401 -- as above.
    if not isinstance(parsed, list):
        msg = f"expected a list of target groups, found {_kind(parsed)}"
        raise TargetGroupError(msg)
    for number, group in enumerate(parsed):
        at = f"group {number + 1}"
        if not isinstance(group, Mapping):
            msg = f"{at}: expected a mapping with targets and labels, found {_kind(group)}"
            raise TargetGroupError(msg)
        labels = group.get("labels") or {}
        addresses = group.get("targets")
        if not isinstance(labels, Mapping) or not all(isinstance(value, str) for value in labels.values()):
            msg = f"{at}: labels: expected texts by name, found {_kind(labels)}"
            raise TargetGroupError(msg)
        if not isinstance(addresses, list):
            msg = f"{at}: targets: expected a list of host:port, found {_kind(addresses)}"
            raise TargetGroupError(msg)
        for address in addresses:
            yield _target(address, labels, at, alone=len(addresses) == 1)


def _target(address: Any, labels: Mapping[str, str], at: str, *, alone: bool) -> Target:  # noqa: ANN401 -- as above.
    if not isinstance(address, str) or not address.strip() or set(address) & set("/?#@ "):
        msg = f"{at}: target {shown(mask_userinfo(str(address)), 80)!r}: expected host:port"
        raise TargetGroupError(msg)
    scheme = labels.get(_SCHEME, "https")
    if scheme not in _SCHEMES:
        msg = f"{at}: label {_SCHEME} {shown(scheme, 20)!r}: expected http or https"
        raise TargetGroupError(msg)
    # A label is one name for the whole group: it names a cluster only where the group has a single target.
    return Target(name=(labels.get("name") if alone else None) or address, url=f"{scheme}://{address}")


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return "a text"  # Which one is not said: whoever names the wrong file may have named one with a secret.
        case _:
            return shown(repr(value), 40)

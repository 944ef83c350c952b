"""Find the check packs that are installed, and choose among their checks."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points

from diag.check import Applies, Check
from diag.lazy_dataclass import dataclass
from diag.model import Severity
from diag.text import nearest

GROUP = "diag.checks"
BUILTIN = "builtin"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPack:
    """A pack that could not be used, and why. The others run."""

    name: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The checks of every pack, in display order, and the packs that are broken."""

    checks: tuple[Check, ...]
    broken: tuple[BrokenPack, ...] = ()

    def find(self, check_id: str) -> Check | None:
        """The check of that id, None if there is none."""
        return next((check for check in self.checks if check.id == check_id), None)

    def did_you_mean(self, text: str) -> str:
        """Ask for the ids that look like ``text``, or say where they all are."""
        ids, part = [check.id for check in self.checks], text.strip("*/")
        close = nearest(text, ids, 3) or [check_id for check_id in ids if part and part in check_id][:3]
        return f"did you mean {' or '.join(close)}?" if close else "diag checks list names them all"

    def choose(self, only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Check, ...]:
        """The checks that match any glob of ``only`` (all, if empty) and none of ``skip``. A tag is written ``tag:NAME``."""
        return tuple(
            check for check in self.checks if (not only or _matches(check, only)) and not _matches(check, skip)
        )

    def unmatched(self, globs: Iterable[str]) -> tuple[str, ...]:
        """Those of the globs that match no check: most likely a typing mistake."""
        return tuple(glob for glob in globs if not any(_matches(check, (glob,)) for check in self.checks))


class DuplicateCheckError(Exception):
    """Two packs brought a check of one id. Nothing may run: nobody could say whose result it is."""


def _matches(check: Check, globs: Iterable[str]) -> bool:
    words = (check.id, *(f"tag:{tag}" for tag in check.tags))
    return any(fnmatchcase(word, glob) for glob in globs for word in words)


def load_catalogue() -> Catalogue:
    """Load every installed pack: the built-in one first, the others by name.

    A pack that can't be imported, or that is no sequence of checks, is reported in ``broken``.
    Raises DuplicateCheckError if two checks have one id.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name != BUILTIN, point.name))
    checks: list[Check] = []
    broken: list[BrokenPack] = []
    for point in points:
        found = _load(point)
        if isinstance(found, BrokenPack):
            broken.append(found)
        else:
            checks.extend(found)
    _refuse_duplicates(checks)
    return Catalogue(checks=tuple(checks), broken=tuple(broken))


def _load(point: EntryPoint) -> tuple[Check, ...] | BrokenPack:
    try:
        pack = tuple(point.load())
        nonsense = next(filter(None, map(_nonsense, pack)), "")
    except (Exception, SystemExit, GeneratorExit, asyncio.CancelledError) as error:  # noqa: BLE001 -- whatever a foreign pack raises, the others must run.
        text = f"{point.value}: {type(error).__name__}: {_text_of(error)}{_place(point)}"
        return BrokenPack(name=point.name, error=text)
    if nonsense:
        return BrokenPack(name=point.name, error=f"{point.value}: {nonsense}")
    return tuple(dataclasses.replace(check, pack=point.name) for check in pack)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 -- even this may be of the pack.
        return "an error without a text"


def _nonsense(thing: object) -> str:
    """What of a check is not of the type that it says: lists, manuals and formats rely on it. Empty where nothing is."""
    if not isinstance(thing, Check):
        return f"expected checks made by @check, found {thing!r}"
    if not all(type(text) is str for text in (thing.id, thing.source, *_items(thing))):
        return f"docs, tags, explains, leaves_open and source of {thing.id} are texts"
    levels: tuple[object, ...] = (thing.severity, *thing.severities)
    applies: object = thing.applies
    if not all(isinstance(level, Severity) for level in levels) or not isinstance(applies, Applies):
        return f"severity and applies of {thing.id} are a Severity and an Applies"
    return ""


def _items(thing: Check) -> Iterator[object]:
    """Each item of what should be tuples of texts, and what is no tuple itself."""
    for items in (thing.docs, thing.tags, thing.explains, thing.leaves_open):
        stated: object = items
        yield from stated if isinstance(stated, tuple) else (None,)


def _place(point: EntryPoint) -> str:
    """Say which file was taken for the module of a pack: it may be another one of that name, which comes first on the path."""
    file = getattr(sys.modules.get(point.value.partition(":")[0]), "__file__", None)
    return f" (in {file})" if file else ""


def _refuse_duplicates(checks: Iterable[Check]) -> None:
    owner: dict[str, str] = {}
    for check in checks:
        if check.id in owner:
            msg = f"check {check.id} is in pack {owner[check.id]!r} and again in pack {check.pack!r}: remove one of the packs"
            raise DuplicateCheckError(msg)
        owner[check.id] = check.pack

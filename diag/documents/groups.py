"""Which documents are of one cluster: by the name that they give it, else by the folder in which they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath

from diag.documents.answers.answer import PastedAnswer
from diag.documents.answers.bundle import COMMERCIAL
from diag.evidence.documents.keystore_list import KeystoreEntry
from diag.evidence.documents.settings import SettingsForm, SettingsText
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGroup:
    """The documents of one cluster. ``keystore`` are the names of its entries, None where no list of them was given."""

    texts: tuple[SettingsText, ...] = ()
    keystore: tuple[str, ...] | None = None
    answers: tuple[PastedAnswer, ...] = ()

    @property
    def is_remote(self) -> bool:
        """Whether they are those of a remote cluster: nothing in them registers remotes or follows one, and some answer says so."""
        sides = {one.side for one in self.answers}
        return not self.texts and Side.REMOTE in sides and Side.LOCAL not in sides

    def answers_of(self, side: Side) -> tuple[PastedAnswer, ...]:
        """The answers of one side: those that do not tell belong to the cluster whose documents lie in the same folder."""
        own = Side.REMOTE if self.is_remote else Side.LOCAL
        return tuple(one for one in self.answers if (one.side or own) is side)


def groups_of(
    texts: Iterable[SettingsText],
    entries: Iterable[KeystoreEntry] | None,
    answers: Iterable[PastedAnswer] = (),
    *,
    together: bool,
) -> tuple[DocumentGroup, ...]:
    """Group the documents of clusters: texts and lists of keystores are of local ones, answers of either.

    ``together``: somebody named each of them, so that what names no cluster belongs to the one that is named, if it is one.
    """
    texts, answers = tuple(texts), tuple(answers)
    key = _keys(texts, answers, together=together)
    found: dict[str, list[SettingsText]] = {}
    for text in texts:
        found.setdefault(key(text.cluster_name, text.whole.file), []).append(text)
    pasted: dict[str, list[PastedAnswer]] = {}
    for answer in answers:
        pasted.setdefault(key(answer.cluster_name, answer.origin.file), []).append(answer)
    names: dict[str, list[str]] = {}
    for entry in entries or ():
        names.setdefault(key("", entry.origin.file), []).append(entry.name)
    # A list that lies elsewhere than every document was handed over for all of them.
    lies_elsewhere = entries is not None and not set(names) & set(found)
    everywhere = tuple(name for one in names.values() for name in one) if lies_elsewhere else None
    return tuple(
        DocumentGroup(
            texts=tuple(found.get(group, ())),
            keystore=tuple(names[group]) if group in names else everywhere,
            answers=tuple(pasted.get(group, ())),
        )
        for group in dict.fromkeys((*found, *pasted))
    )


def _keys(
    texts: tuple[SettingsText, ...], answers: tuple[PastedAnswer, ...], *, together: bool
) -> Callable[[str, str], str]:
    """What tells groups apart: given the name of a cluster, empty for none, and a file."""
    named = ({one.cluster_name for one in texts} | {one.cluster_name for one in answers}) - {""}
    whole = len(named) < 2 and together  # noqa: PLR2004 -- at most one name.
    by_folder: dict[str, set[str]] = {}
    for name, file in _naming(texts, answers):
        by_folder.setdefault(_folder(file), set()).add(name)

    def key(name: str, file: str) -> str:
        if whole:
            return ""
        known = by_folder.get(_folder(file), set())
        return name or (next(iter(known)) if len(known) == 1 else f"in {_folder(file)}")

    return key


def _naming(texts: tuple[SettingsText, ...], answers: tuple[PastedAnswer, ...]) -> Iterator[tuple[str, str]]:
    """The names of clusters, each with the file that says it for the files of its folder."""
    yield from (
        (one.cluster_name, one.whole.file) for one in texts if one.cluster_name and one.form is SettingsForm.FILE
    )
    yield from ((one.cluster_name, one.origin.file) for one in answers if one.cluster_name)


def _folder(file: str) -> str:
    folder = PurePath(file).parent
    return str(folder.parent if folder.name == COMMERCIAL else folder)

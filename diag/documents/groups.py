"""Which documents are of one cluster: by the name that they give it, else by the folder in which they lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from diag.evidence.documents.keystore_list import KeystoreEntry
from diag.evidence.documents.settings import SettingsForm, SettingsText
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGroup:
    """The documents of one cluster. ``keystore`` are the names of its entries, None where no list of them was given."""

    texts: tuple[SettingsText, ...]
    keystore: tuple[str, ...] | None


def groups_of(
    texts: Iterable[SettingsText], entries: Iterable[KeystoreEntry] | None, *, together: bool
) -> tuple[DocumentGroup, ...]:
    """Group the documents of local clusters.

    ``together``: somebody named each of them, so that what names no cluster belongs to the one that is named, if it is one.
    """
    texts = tuple(texts)
    named = {one.cluster_name for one in texts if one.cluster_name}
    whole = len(named) < 2 and together  # noqa: PLR2004 -- at most one name.
    by_folder: dict[str, set[str]] = {}
    for one in texts:
        if one.cluster_name and one.form is SettingsForm.FILE:
            by_folder.setdefault(_folder(one.whole.file), set()).add(one.cluster_name)

    def key(name: str, file: str) -> str:
        if whole:
            return ""
        known = by_folder.get(_folder(file), set())
        return name or (next(iter(known)) if len(known) == 1 else f"in {_folder(file)}")

    found: dict[str, list[SettingsText]] = {}
    for one in texts:
        found.setdefault(key(one.cluster_name, one.whole.file), []).append(one)
    if entries is None:
        return tuple(DocumentGroup(texts=tuple(members), keystore=None) for members in found.values())
    names: dict[str, list[str]] = {}
    for entry in entries:
        names.setdefault(key("", entry.origin.file), []).append(entry.name)
    # A list that lies elsewhere than every document was handed over for all of them.
    everywhere = None if set(names) & set(found) else tuple(name for one in names.values() for name in one)
    return tuple(
        DocumentGroup(texts=tuple(members), keystore=tuple(names[group]) if group in names else everywhere)
        for group, members in found.items()
    )


def _folder(file: str) -> str:
    return str(PurePath(file).parent)

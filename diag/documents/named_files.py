"""The files that an ``elasticsearch.yml`` names: looked for where it lies, which is the configuration folder of its node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from os.path import realpath
from pathlib import Path
from typing import Final

from diag.documents.document import Document, read_document
from diag.documents.files import read_files
from diag.documents.row import Reading
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.named_files import NamedFile, NamedFiles
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import Setting, SettingsTexts
from diag.local_files import read_trust
from diag.model import Unavailable

_CAS: Final = ".ssl.certificate_authorities"
_NAMING: Final = (
    _CAS,
    ".ssl.certificate",
    ".ssl.key",
    ".ssl.keystore.path",
    ".ssl.truststore.path",
    ".ssl.trust_restrictions.path",
)
_MAX_FILES: Final = 100


def with_named_files(documents: Iterable[Document], reading: Reading) -> list[Document]:
    """Add to each file of settings what became of the files that it names; those that are documents themselves are read too."""
    read = [_completed(one) for one in documents]
    # Unlike Path.resolve, this takes a link to itself as it is.
    known = {realpath(one.named.path) for one in read if one.named.path is not None}
    further: dict[Path, Document] = {}
    for one in read:
        for named in (named for noun in one.nouns if isinstance(noun, NamedFiles) for named in noun.all):
            path = _place(one, named.path)
            if named.exists and realpath(path) not in known and path not in further:
                found = next(iter(read_files([str(path)])))
                document = read_document(replace(found, by_name=False), reading)
                if document.kind is not None:
                    further[path] = document
    return [*read, *further.values()]


def _completed(document: Document) -> Document:
    if document.kind is not DocumentKind.ELASTICSEARCH_YML or document.named.path is None:
        return document
    texts = [text for noun in document.nouns if isinstance(noun, SettingsTexts) for text in noun.all]
    named = [one for text in texts for setting in text.all for one in _named(document, setting)][:_MAX_FILES]
    there = sum(one.exists for one in named)
    found = tuple(replace(one, others_exist=there > one.exists) for one in named)
    return replace(document, nouns=(*document.nouns, NamedFiles(all=found))) if found else document


def _named(document: Document, setting: Setting) -> Iterator[NamedFile]:
    if setting.unset or not setting.key.startswith("xpack.security.") or not setting.key.endswith(_NAMING):
        return
    places: tuple[Origin, ...] = setting.item_origins or (setting.origin,) * len(setting.parts)
    for text, origin in zip(setting.parts, places, strict=False):
        if Path(text).is_absolute() or ".." in Path(text).parts:
            continue  # What lies elsewhere is none of the files that were handed over.
        path = _place(document, text)
        exists = path.is_file()
        trust = read_trust((path,)) if exists and setting.key.endswith(_CAS) else None
        yield NamedFile(
            document=document.named.name,
            setting=setting.key,
            path=text,
            origin=origin,
            exists=exists,
            ca=None if trust is None or isinstance(trust, Unavailable) else next(iter(trust.files), None),
        )


def _place(document: Document, path: str) -> Path:
    """Where a relative path leads: the folder of the file."""
    folder = document.named.path.parent if document.named.path is not None else Path()
    return folder / path

"""Files of certificates that somebody handed over: each certificate of them, what it is there, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from checks.shared.presented_names import readable_names
from diag.model import (
    Certificate,
    CertificateFile,
    CertificateFiles,
    CertificateUse,
    Origin,
    SettingsTexts,
    TrustFile,
    TrustFiles,
    Unavailable,
    X509Field,
    dataclass,
    shorten,
)

_TRANSPORT: Final = "xpack.security.transport.ssl."
_TRUSTS: Final = f"{_TRANSPORT}trust_restrictions."


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One certificate of a file. ``is_leaf``: it is the one that a node presents; else it is there as a CA."""

    file: CertificateFile
    certificate: Certificate
    is_leaf: bool
    origin: Origin

    @property
    def path(self) -> str:
        """The file, as output names it."""
        return shorten(self.file.path)


def placed(files: CertificateFiles) -> Iterator[Placed]:
    """Every certificate of every file."""
    for file in files.all:
        for index, certificate in enumerate(file.certificates):
            yield Placed(
                file=file,
                certificate=certificate,
                is_leaf=not index and file.leaf is not None,
                origin=file.place(index),
            )


def leaves(files: CertificateFiles) -> tuple[Placed, ...]:
    """The certificates that nodes present, each once however many files hold it."""
    found = {one.certificate.fingerprint: one for one in placed(files) if one.is_leaf}
    return tuple(found.values())


def authorities(files: CertificateFiles) -> tuple[CertificateFile, ...]:
    """The files of CAs."""
    return tuple(one for one in files.all if one.use is CertificateUse.AUTHORITIES)


def has_fault_of_its_own(file: CertificateFile) -> bool:
    """Tell whether what is wrong with a file has a check of its own: glued lines, blocks that are no certificates."""
    return bool(file.problem) and bool(file.glued or file.foreign)


def usable(trust_files: TrustFiles | Unavailable, texts: SettingsTexts | Unavailable) -> tuple[TrustFile, ...]:
    """The ``trust_restrictions`` files that can be read, with the fields that the elasticsearch.yml of their node has them compared with."""
    found = () if isinstance(trust_files, Unavailable) else trust_files.all
    return tuple(_with_fields(one, texts) for one in found if not one.restrictions.problem)


def compared(
    trust_files: TrustFiles | Unavailable, files: CertificateFiles, texts: SettingsTexts | Unavailable
) -> Iterator[tuple[TrustFile, Placed, tuple[str, ...]]]:
    """Each trust file that can be read with each certificate that a node presents, and the names of it that the file is compared with."""
    nodes = leaves(files)
    for file in usable(trust_files, texts):
        for one in nodes:
            yield file, one, readable_names(one.certificate, file.restrictions.fields)


def _with_fields(trust_file: TrustFile, texts: SettingsTexts | Unavailable) -> TrustFile:
    for text in () if isinstance(texts, Unavailable) else texts.all:
        trusts, named = text.get(f"{_TRUSTS}path"), text.get(f"{_TRUSTS}x509_fields")
        if trusts is not None and named is not None and _same(trusts.text, trust_file.restrictions.path):
            fields = tuple(one for one in X509Field if one.value in named.parts)
            return (
                replace(trust_file, restrictions=replace(trust_file.restrictions, fields=fields))
                if fields
                else trust_file
            )
    return trust_file


def is_of_own_nodes(trust_file: TrustFile, one: Placed, texts: SettingsTexts | Unavailable) -> bool:
    """Tell whether an elasticsearch.yml names both a trust file and a certificate for its node, by the names of the files."""
    for text in () if isinstance(texts, Unavailable) else texts.all:
        trusts = text.get(f"{_TRUSTS}path")
        presented = (text.get(f"{_TRANSPORT}{key}") for key in ("certificate", "keystore.path"))
        presents = any(setting is not None and _same(setting.text, one.file.path) for setting in presented)
        if presents and trusts is not None and _same(trusts.text, trust_file.restrictions.path):
            return True
    return False


def _same(first: str, second: str) -> bool:
    return PurePath(first).name == PurePath(second).name

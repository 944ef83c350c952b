"""The file that ``elasticsearch-certutil cert --in`` makes certificates from: for which nodes, under which names."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceValue:
    """One text of an instance, and where it stands."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One certificate to be made. ``filename`` is None where the name stands for it too."""

    name: InstanceValue
    filename: InstanceValue | None = None
    cn: tuple[InstanceValue, ...] = ()
    dns: tuple[InstanceValue, ...] = ()
    ip: tuple[InstanceValue, ...] = ()

    @property
    def folder(self) -> InstanceValue:
        """What the certificate's folder in the archive is called."""
        return self.filename or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancesRefusal:
    """What certutil does not take of the form of a file: it stops there, and makes nothing."""

    message: str
    expected: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancesFile:
    """One file. ``ignored`` are the places of further documents in it, which certutil never looks at."""

    path: str
    instances: tuple[Instance, ...] = ()
    refused: tuple[InstancesRefusal, ...] = ()
    ignored: tuple[Origin, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancesFiles:
    """Every such file that was given."""

    all: tuple[InstancesFile, ...] = ()


PIECE: Final = Piece(name="instances_files", noun=InstancesFiles, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)

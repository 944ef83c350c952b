"""The certificates that a node has loaded (``GET /_ssl/certificates``)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, items, text, unreadable, written
from diag.evidence.terms import Unavailable, Version
from diag.lazy_dataclass import dataclass

CALL: Final = Call(path="/_ssl/certificates", since=Version(6, 2, 0))
_MAX_CERTIFICATES: Final = 5000  # Ten times what a truststore with the roots of all the world holds.


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCertificate:
    """One certificate. ``serial`` is in lower-case hex, as in Certificate.

    ``own`` says that the node has its private key: it presents it. ``path`` is that of the file, as it is configured on the node.
    """

    path: str
    subject: str
    serial: str
    own: bool = False
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCertificates:
    """Every certificate that the node which was asked has loaded; the roots of its JDK are not among them."""

    all: tuple[LoadedCertificate, ...]


def read(answer: object) -> LoadedCertificates | Unavailable:
    """Read the certificates."""
    if not isinstance(answer, list) or len(answer) > _MAX_CERTIFICATES:
        return unreadable(CALL)
    if not all(isinstance(one, dict) for one in answer):
        return unreadable(CALL)
    found = (
        LoadedCertificate(
            path=text(one.get("path")),
            subject=text(one.get("subject_dn")),
            serial=_hex(text(one.get("serial_number"))),
            own=flag(one.get("has_private_key")) is True,
            expires=written(one.get("expiry")),
        )
        for one in items(answer)
    )
    return LoadedCertificates(all=tuple(found))


def _hex(written_: str) -> str:
    """A serial number as Certificate writes it: whole bytes, lower case. Empty where there is none."""
    sign, digits = ("-", written_[1:]) if written_.startswith("-") else ("", written_)
    bare = digits.lower().lstrip("0") or digits[:1]
    return sign + bare.zfill(len(bare) + len(bare) % 2)


PIECE: Final = Piece(
    name="certificates",
    noun=LoadedCertificates,
    subjects=(Subject.LOCAL, Subject.REMOTE),
    calls=(CALL,),
    read=read,
)

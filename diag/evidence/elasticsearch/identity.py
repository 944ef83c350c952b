"""How a cluster calls itself (``GET /``)."""

from __future__ import annotations

from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import mapping, text, unreadable
from diag.evidence.terms import Reason, Step, Unavailable, Version
from diag.lazy_dataclass import dataclass
from diag.text import shorten

CALL: Final = Call(path="/")
_NO_UUID: Final = "_na_"  # What stands in place of the uuid until a master was elected for the first time.
_MAX_VERSION: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The name and the uuid of a cluster."""

    name: str
    uuid: str


def read(answer: object) -> Identity | Unavailable:
    """Read name and uuid."""
    if foreign := _other_product(answer):
        return foreign
    reported = mapping(answer)
    name, uuid = text(reported.get("cluster_name")), text(reported.get("cluster_uuid"))
    if uuid == _NO_UUID:
        detail = f"{CALL.name}: the cluster has no elected master yet, so that it has no cluster_uuid"
        return Unavailable(step=Step.API, reason=Reason.NO_MASTER, detail=detail)
    return Identity(name=name, uuid=uuid) if name and uuid else unreadable(CALL)


def release_of(answer: object) -> Version | Unavailable:
    """Read the release of the node that answered."""
    if foreign := _other_product(answer):
        return foreign
    if is_serverless(answer):
        return _not_usable("a serverless project has no release of its own; what it gives there is a fixed number")
    match answer:
        case {"version": {"number": str(number)}}:
            try:
                return Version.parse(number[:_MAX_VERSION])
            except ValueError:
                pass
    return _not_usable("the answer of GET / has no version.number, as Elasticsearch would give: is url its address?")


def is_serverless(answer: object) -> bool:
    """Whether what answers is a project of Elastic Cloud Serverless."""
    return text(mapping(mapping(answer).get("version")).get("build_flavor")) == "serverless"


def _other_product(answer: object) -> Unavailable | None:
    """Tell a product that forked from Elasticsearch: it names its distribution, and its releases are counted in another way."""
    version = mapping(mapping(answer).get("version"))
    distribution = text(version.get("distribution"))
    if not distribution:
        return None
    which = shorten(f"{distribution} {text(version.get('number'))}", _MAX_VERSION)
    detail = f"{which} answers, not Elasticsearch: what diag knows of releases and settings does not hold there"
    return Unavailable(step=Step.API, reason=Reason.NOT_ELASTICSEARCH, detail=detail)


def _not_usable(detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=Reason.NOT_USABLE, detail=detail)


PIECE: Final = Piece(name="identity", noun=Identity, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(CALL,), read=read)

"""What holds the pieces of each subject. Their fields follow from the table of pieces."""

from __future__ import annotations

from diag.evidence.catalogue import PIECES
from diag.evidence.documents.origins import Origins
from diag.evidence.piece import Pieces, Subject, holds
from diag.evidence.terms import Unavailable


@holds(Subject.LOCAL, PIECES)
class LocalApi(Pieces):
    """What the local cluster tells of itself."""


@holds(Subject.LOCAL_VIEW, PIECES)
class LocalView(Pieces):
    """What the local cluster reports of one remote, to compare with what diag sees on the wire."""


@holds(Subject.REMOTE, PIECES)
class RemoteApi(Pieces):
    """What the remote cluster tells of itself."""


@holds(Subject.SURROUNDINGS, PIECES)
class Surroundings(Pieces):
    """What is neither cluster's: the machine that diag runs on, and what people keep outside the clusters."""

    @property
    def has_documents(self) -> bool:
        """Whether somebody handed documents over; the places of settings alone are none."""
        given = (noun for noun in self.fields if noun is not Origins)
        return not all(isinstance(self[noun], Unavailable) for noun in given)

"""A value as somebody wrote it: its text, what it is to JSON, and where it stands."""

from __future__ import annotations

from enum import StrEnum

from diag.evidence.documents.origin import Origin
from diag.lazy_dataclass import dataclass


class ValueForm(StrEnum):
    """What a value is; the value is how output calls it."""

    TEXT = "a text"
    BOOLEAN = "true or false"
    NUMBER = "a number"
    NULL = "null"
    LIST = "a list"
    OBJECT = "an object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One value. ``text`` is empty for what is no single value; ``key`` is the key that it stands under, empty for an item of a list.

    ``known`` is false where the value is computed and nobody can tell it from the document, as an expression of Terraform is.
    """

    key: str
    text: str
    form: ValueForm
    origin: Origin
    known: bool = True

    @property
    def is_true(self) -> bool:
        """Whether it is the boolean true."""
        return self.form is ValueForm.BOOLEAN and self.text == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misshapen:
    """A part of a document that is not what its reader takes, and is not read for that: what is expected, and what it is."""

    key: str
    expected: str
    found: str
    origin: Origin


class PayloadForm(StrEnum):
    """What a document of Elastic Cloud is for. The value is how output calls it."""

    REQUEST = "request"  # It is sent, and replaces what is there.
    ANSWER = "answer"  # It tells what is there.
    TERRAFORM = "Terraform"  # It is what Terraform makes of it.
    STATE = "Terraform state"  # It is what Terraform made.

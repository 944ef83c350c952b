"""The limits under ``checks.thresholds``: those of the model, each with its text and its usual value, read as strictly as all else."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

from pydantic import Field, create_model

from diag.config.base import Model
from diag.config.values import Count, Number
from diag.model import Thresholds

_READ_AS = {float: Number, int: Count}


def _keys() -> dict[str, Any]:
    hints = get_type_hints(Thresholds, include_extras=True)
    found = dict[str, Any]()
    for one in fields(Thresholds):
        kind, text = get_args(hints[one.name])
        found[one.name] = (Annotated[_READ_AS[kind], Field(description=text)], one.default)
    return found


if TYPE_CHECKING:

    class Limits(Model):
        """What a type checker sees of the class below; nobody reads a field of it but by name, to make a Thresholds."""

else:
    Limits = create_model(
        "Limits",
        __base__=Model,
        __doc__="Limits that are a matter of taste: days to the end of a certificate, seconds for clocks, connects and handshakes.",
        **_keys(),
    )

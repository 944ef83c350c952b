"""The limits under ``checks.thresholds``: those of the model, each with its text and its usual value, read as strictly as all else."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from diag.config.base import Model
from diag.config.form import Field
from diag.config.values import Count, Number
from diag.model import Thresholds

_READ_AS = {float: Number, int: Count}


def _fields() -> dict[str, Any]:
    """The annotations and the fields of the class."""
    hints = get_type_hints(Thresholds, include_extras=True)
    both = {one.name: (get_args(hints[one.name]), one.default) for one in fields(Thresholds)}
    annotations = {name: _READ_AS[kind] for name, ((kind, _), _) in both.items()}
    described = {name: Field(default=default, description=text) for name, ((_, text), default) in both.items()}
    return {"__annotations__": annotations, **described}


if TYPE_CHECKING:

    class Limits(Model):
        """What a type checker sees of the class below; nobody reads a field of it but by name, to make a Thresholds."""

else:
    _TEXT = "Limits that are a matter of taste: days to the end of a certificate, seconds for clocks, connects and handshakes."
    Limits = type("Limits", (Model,), {"__doc__": _TEXT, "__module__": __name__, **_fields()})

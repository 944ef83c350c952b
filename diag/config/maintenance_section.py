"""The section ``maintenance``: when what breaks is no news."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, ClassVar, Self

from diag.config.base import Model, found
from diag.config.form import Field, model_validator
from diag.config.readers import BeforeValidator, PlainValidator, WithJsonSchema, refuse
from diag.config.values import Name, OptionalItems, Text, one_of
from diag.evidence.maintenance import MaintenanceWindow, Weekday

_EXPECTED = "expected a time such as 22:00, or a date and time such as 2026-12-01T22:00"


def _moment(value: object) -> str:
    text = str(value) if isinstance(value, str) else ""
    for kind in (time, datetime):
        try:
            parsed = kind.fromisoformat(text.replace(" ", "T", 1))
        except ValueError:
            continue
        if parsed.tzinfo is None and (kind is time or "T" in text.replace(" ", "T", 1)):
            return parsed.isoformat()
    msg = f"{_EXPECTED}, without a zone{found(value)}"
    raise refuse(msg)


def _zone(value: object) -> str:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- few configurations name a zone.

    try:
        return ZoneInfo(str(value)).key
    except (ValueError, OSError, LookupError):
        msg = "expected a time zone that this machine knows, such as UTC or Europe/Berlin"
        raise refuse(msg) from None


Moment = Annotated[str, PlainValidator(_moment), WithJsonSchema({"type": "string"})]
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string"})]
Day = Annotated[Weekday, BeforeValidator(one_of(Weekday))]


class Maintenance(Model):
    """A time at which somebody works on clusters: what is found of them is shown, and counts for nothing."""

    model_config: ClassVar = {"populate_by_name": True}

    cluster: Text = Field(default="*", description="The local cluster, or a glob.")
    remote: Text = Field(
        default="*", description="The cluster alias, or a glob; * covers the local cluster itself, too."
    )
    days: OptionalItems[Day] = Field(default=(), description="Days of the week, for one that comes each week.")
    begin: Moment = Field(alias="from", description="Date and time; with days a time alone.")
    end: Moment = Field(
        alias="until", description="Date and time; with days a time alone, of the next day where it is before from."
    )
    zone: Zone = Field(default="UTC", description="The time zone of both.")
    note: Name = Field(description="Why, for the next reader.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        with_date = ["T" in one for one in (self.begin, self.end)]
        if self.days and any(with_date):
            msg = "expected from and until as times alone, because days says on which days"
            raise refuse(msg)
        if not self.days and not all(with_date):
            msg = "expected from and until as date and time, or days for one that comes each week"
            raise refuse(msg)
        if not self.days and self.begin >= self.end:
            msg = "expected until after from"
            raise refuse(msg)
        return self

    @property
    def window(self) -> MaintenanceWindow:
        """The same for those who judge."""
        return MaintenanceWindow(**{name: getattr(self, name) for name in type(self).model_fields})

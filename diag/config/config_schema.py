"""The JSON schema of a configuration file, made by pydantic from models of the same fields; no other command imports this."""

from __future__ import annotations

import functools
import types
import typing
from typing import Annotated, Any

import pydantic
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import NullableSchema

from diag.config.form import FieldInfo, Section
from diag.config.readers import WithJsonSchema
from diag.config.schema import Config


def config_schema() -> dict[str, Any]:
    """The JSON schema of a configuration file, for editors."""
    schema: dict[str, Any] = _as_written(_model_of(Config).model_json_schema(schema_generator=_Schema))
    return {"$schema": _Schema.schema_dialect, **schema, "title": "diag.yaml"}


class _Schema(GenerateJsonSchema):
    """A key without a value is not what ``null`` says elsewhere, so the schema does not offer it."""

    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _as_written(part: Any) -> Any:  # noqa: ANN401 -- any part of a JSON schema.
    """Show defaults as a file has them: a duration with its unit, and none for a whole section."""
    if isinstance(part, list):
        return [_as_written(value) for value in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _as_written(value) for name, value in part.items()}
    default = kept.get("default")
    if isinstance(default, float) and kept.get("type") == "string":
        kept["default"] = f"{default:g}s"
    elif "default" in kept and (default is None or (isinstance(default, dict) and default)):
        del kept["default"]
    return kept


@functools.cache
def _model_of(section: Any) -> Any:  # noqa: ANN401 -- one class to another; mypy takes the hash of a section for that of its class.
    """The section as a model of pydantic."""
    fields: dict[str, Any] = {
        name: (_type_of(one.annotation), _field_of(one)) for name, one in section.model_fields.items()
    }
    base = type("Base", (BaseModel,), {"model_config": {"frozen": True, "extra": "forbid", **section.model_config}})
    return pydantic.create_model(section.__name__, __base__=base, __doc__=section.__doc__, **fields)


def _field_of(one: FieldInfo) -> Any:  # noqa: ANN401 -- what makes a field of pydantic.
    limits: dict[str, Any] = {
        name: limit for name, limit in (("min_length", one.min_length or None), ("ge", one.ge)) if limit is not None
    }
    default: dict[str, Any] = {} if one.is_required else {"default": _default_of(one.default)}
    return pydantic.Field(alias=one.alias, description=one.description, **default, **limits)


def _default_of(value: object) -> object:
    kind: Any = type(value)
    return _model_of(kind)() if isinstance(value, Section) else value


def _is_section(annotation: Any) -> bool:  # noqa: ANN401 -- an annotation can be anything.
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _type_of(annotation: Any) -> Any:  # noqa: ANN401 -- an annotation can be anything.
    """A type of a field, with what its annotation says of the schema."""
    if _is_section(annotation):
        return _model_of(annotation)
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        schemas = [pydantic.WithJsonSchema(dict(one.schema)) for one in inner[1:] if isinstance(one, WithJsonSchema)]
        return Annotated[(_type_of(inner[0]), *schemas)] if schemas else _type_of(inner[0])
    if origin in {types.UnionType, typing.Union}:
        return typing.Union[tuple(map(_type_of, inner))]  # noqa: UP007 -- of types that are known only now.
    return origin[tuple(map(_type_of, inner))] if origin in {tuple, dict} else annotation

"""What is shipped to run diag agrees with what diag is. What others make of it is asked end to end."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from tests.toollib import TOOLS, tool

DEPLOY = TOOLS.parent / "deploy"
CHART = DEPLOY / "helm" / "diag"
RULES = tool("kubernetes_rules")


def test_the_rules_for_kubernetes_are_fresh() -> None:
    """Both forms are made of the one file; ``make docs`` writes them."""
    rules = RULES.RULES.read_text()
    assert RULES.CHART.read_text() == rules
    assert RULES.MANIFEST.read_text() == RULES.manifest(rules)
    assert yaml.safe_load(RULES.manifest(rules))["spec"] == yaml.safe_load(rules)


def keys(value: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every key of nested mappings, by its path."""
    if not isinstance(value, dict):
        return set()
    return {(*path, key) for key in value}.union(*(keys(below, (*path, key)) for key, below in value.items()))


def test_the_schema_of_the_values_knows_each_of_them_and_no_other() -> None:
    """A value that is added in one place only is found here."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(values, schema)
    assert set(schema["properties"]) - {"global"} == set(values)
    for name, one in schema["properties"].items():
        if one.get("additionalProperties") is False:
            assert set(one["properties"]) == set(values[name]), name


@pytest.mark.parametrize("path", sorted((CHART / "ci").glob("*.yaml")), ids=lambda path: path.stem)
def test_values_of_the_tests_are_sound(path: Any) -> None:
    """They are examples, too."""
    values = yaml.safe_load(path.read_text())
    jsonschema.validate(values, json.loads((CHART / "values.schema.json").read_text()))
    known = keys(yaml.safe_load((CHART / "values.yaml").read_text()))
    assert {(name,) for name in values} <= known

"""The example and the JSON schema are complete, and say what the code says."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import diag
from diag.config import Config, fleet, load_config
from diag.config.config_schema import config_schema
from diag.config.limits import Limits
from diag.model import Kind, Mode, SecurityModel, Severity, Thresholds

ROOT = Path(diag.__file__).parent.parent
EXAMPLE = (ROOT / "diag.example.yaml").read_text()
SCHEMA = config_schema()


@pytest.fixture
def loaded(tmp_path: Path) -> Config:
    """The example, loaded with the files it names."""
    for name in re.findall(r"(?:certs|secrets)/[\w.-]+|nodes/[\w.-]+|trust\.yml|reload\.json", EXAMPLE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("planted")
    (tmp_path / "diag.yaml").write_text(EXAMPLE)
    return load_config(tmp_path / "diag.yaml", {"SEARCH_US_PASSWORD": "planted"})


def keys(schema: Any) -> Iterator[str]:
    """Every key that a JSON schema knows."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys(part)


def test_the_example_loads(loaded: Config) -> None:
    """As it is shipped, with its files beside it."""
    assert [cluster.name for cluster in loaded.clusters] == ["search-eu", "search-us"]
    assert fleet.local_cluster(loaded.clusters[0]).remotes[0].keystore_credential is True
    assert loaded.clusters[0].version == "8.14.1"


def test_the_limits_of_the_example_are_the_usual_ones(loaded: Config) -> None:
    """It says that they are."""
    assert Thresholds() == loaded.thresholds()
    assert set(Limits.model_fields) == loaded.checks.thresholds.model_fields_set


@pytest.mark.parametrize("key", sorted(set(keys(SCHEMA))))
def test_the_example_mentions_every_key(key: str) -> None:
    """A key that the example does not show is a key that nobody finds."""
    assert re.search(rf"(?m)(^|[\s{{-]){key}: ?", EXAMPLE)


@pytest.mark.parametrize("word", [*Kind, *Mode, *SecurityModel, *Severity])
def test_the_example_mentions_every_word(word: str) -> None:
    """The same for the words of closed sets."""
    assert re.search(rf"\b{word}\b", EXAMPLE)


def test_the_limits_are_those_of_the_model() -> None:
    """Each limit of the model can be set, under its own name and with its own default."""
    assert [field.name for field in dataclasses.fields(Thresholds)] == list(Limits.model_fields)
    assert dataclasses.asdict(Thresholds()) == Limits().model_dump()


def test_the_committed_schema_is_fresh() -> None:
    """``diag.schema.json`` is what the code says; ``make docs`` renews it."""
    assert json.loads((ROOT / "diag.schema.json").read_text()) == SCHEMA


def test_the_schema_describes_every_key() -> None:
    """An editor shows a sentence for each key, and refuses keys that nobody knows."""
    models = [SCHEMA, *SCHEMA["$defs"].values()]
    for model in (model for model in models if "properties" in model):
        assert model["additionalProperties"] is False
        for name, field in model["properties"].items():
            assert "description" in field or "$ref" in field, name

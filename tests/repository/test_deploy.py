"""What is shipped to run diag agrees with what diag is. What others make of it is asked end to end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from diag.config import load_config
from tests.composelib import FOLDER, ROOT, compose, mounted
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


def test_the_image_is_built_from_the_locks_that_there_are() -> None:
    """The one that it takes by itself has nothing of Dask; the other one is named wherever an image for vantage points is asked for."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    (chosen,) = re.findall(r"^ARG LOCK=(\w+)$", dockerfile, re.MULTILINE)
    assert chosen == "run"
    copied = set(re.findall(r"requirements/(\w+)\.lock", dockerfile)) - {"build"}
    assert copied == {"run", "dask"}
    for page in (ROOT / "docs" / "vantage-points.md", DEPLOY / "kubernetes" / "worker" / "kustomization.yaml", CHART / "values.yaml"):  # fmt: skip
        assert set(re.findall(r"LOCK=(\w+)", page.read_text())) == {"dask"}, page


def test_everything_that_compose_names_is_there() -> None:
    """Files that are mounted, volumes that are declared, ports that are served."""
    assert all(path.exists() for path in mounted().values())
    made = compose()
    used = {volume.split(":")[0] for one in made["services"].values() for volume in one.get("volumes", ())}
    assert {name for name in used if not name.startswith(".")} == set(made["volumes"])
    dockerfile = (ROOT / "Dockerfile").read_text()
    (port,) = re.findall(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    assert made["services"]["diag"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"diag:{port}" in (FOLDER / "prometheus.yml").read_text()
    home = made["services"]["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (mounted()["grafana", str(Path(home).parent)] / Path(home).name).exists()
    provider = yaml.safe_load((FOLDER / "grafana" / "dashboards" / "diag.yaml").read_text())["providers"][0]
    assert ("grafana", provider["options"]["path"]) in mounted()


def test_diag_takes_the_configuration_of_compose() -> None:
    """What it remembers goes where a volume is mounted."""
    config = load_config(mounted()["diag", "/etc/diag"] / "diag.yaml")
    assert config.daemon.history is not None
    assert str(config.daemon.history.path).startswith("/var/lib/diag/")
    assert "history:/var/lib/diag" in compose()["services"]["diag"]["volumes"]

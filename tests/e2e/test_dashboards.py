"""Each query of each dashboard has rows, from a real Prometheus that watches every kind of fault."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.alert_world import troubled
from tests.e2e.alerting import GRAFANA, Watch, watching
from tests.patience import PATIENCE

PAGES = "https://diag.example/behind"
_VALUES = {"$cluster": ".*", "$remote": ".*", "$__range": "5m", "$__rate_interval": "1m"}


def boards() -> list[dict[str, Any]]:
    """Each dashboard."""
    return [json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))]


def filled_in(query: str) -> str:
    """The query with values for the variables of Grafana."""
    for name, value in _VALUES.items():
        query = query.replace(name, value)
    assert "$" not in query.replace("$1", ""), query
    return query


def queries() -> Iterator[tuple[str, str]]:
    """Each query, and where it stands."""
    for board in boards():
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{board['title']} / {panel['title']}", filled_in(target["expr"])


async def with_rows(watch: Watch, query: str, *, patience: float = PATIENCE) -> list[dict[str, Any]]:
    """Ask until there are rows: rates and recorded averages take some rounds. Gives none after a while."""
    deadline = time.monotonic() + patience
    rows = await watch.query(query)
    while not rows and time.monotonic() < deadline:
        await watch.evaluated(1)
        rows = await watch.query(query)
    return rows


async def test_every_panel_has_rows(tmp_path: Path) -> None:
    """None stays empty where all that it is about is there, and what is about remotes has the labels that links are made of."""
    async with (
        troubled(tmp_path, PAGES) as daemons,
        watching(tmp_path / "watch", [daemons.fleet, daemons.sick]) as watch,
    ):
        empty = [(place, query) for place, query in queries() if not await with_rows(watch, query)]
        assert empty == []
        for board in boards():
            for panel in board["panels"]:
                await links_have_labels(watch, panel)
            await variables_have_values(watch, board)


async def links_have_labels(watch: Watch, panel: dict[str, Any]) -> None:
    """A link to a remote or a check is made of labels that the rows have; the columns that are put in order are there too."""
    about = json.dumps(panel["fieldConfig"])
    rows = await with_rows(watch, filled_in(panel["targets"][0]["expr"]))
    labels = {label for row in rows for label in row["metric"]}
    if panel["type"] != "table":
        assert set(re.findall(r"__field\.labels\.(\w+)", about)) <= labels, panel["title"]
        assert set(re.findall(r"\{\{(\w+)\}\}", panel["targets"][0]["legendFormat"])) <= labels, panel["title"]
        return
    columns = panel["transformations"][0]["options"]["indexByName"]
    assert columns.keys() - {"Value"} <= labels, panel["title"]


async def variables_have_values(watch: Watch, board: dict[str, Any]) -> None:
    """Each variable finds something; that of the pages finds both the configured address and the one that is scraped."""
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        asked = re.fullmatch(r"(label_values|query_result)\((.+?)(?:, (\w+))?\)", variable["query"]["query"])
        assert asked
        rows = await with_rows(watch, filled_in(asked[2]))
        assert rows, variable["name"]
        if asked[3]:
            assert all(asked[3] in row["metric"] for row in rows)
        if variable["name"] == "web":
            shown = [",".join(f'{name}="{value}"' for name, value in row["metric"].items()) for row in rows]
            found = {re.search(variable["regex"].strip("/"), row)[1] for row in shown}  # type: ignore[index]
            assert PAGES in found
            assert any(url.startswith("http://127.0.0.1:") for url in found)


@pytest.mark.parametrize("board", boards(), ids=lambda board: str(board["uid"]))
def test_units_are_those_of_the_values(board: dict[str, Any]) -> None:
    """Seconds are shown as seconds, bytes as bytes: by the name of what is asked for."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            about = json.dumps(panel["fieldConfig"])
            expr = target["expr"]
            if re.search(r"_timestamp_seconds.*time\(\)", expr) and not expr.startswith("count("):
                assert '"dtdurations"' in about or '"unit": "s"' in about, panel["title"]
            elif re.search(r"_seconds\b", expr) and not expr.startswith("count("):
                assert '"unit": "s"' in about, panel["title"]
            elif "_bytes" in expr:
                assert '"unit": "bytes"' in about, panel["title"]
            elif "avg30d" in expr:
                assert '"percentunit"' in about, panel["title"]

"""What dashboards of Grafana are made of, as plain data: panels with their query, unit, thresholds and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Json = dict[str, Any]

SOURCE: Final[Json] = {"type": "prometheus", "uid": "${datasource}"}
CHOSEN: Final = 'cluster=~"$cluster",remote=~"$remote"'
WIDTH: Final = 24
STATES: Final = {
    "0": {"text": "ok", "color": "green", "index": 0},
    "1": {"text": "warn", "color": "yellow", "index": 1},
    "2": {"text": "FAIL", "color": "red", "index": 2},
    "3": {"text": "unknown", "color": "purple", "index": 3},
}
SEEN: Final = {
    "1": {"text": "yes", "color": "green", "index": 0},
    "0": {"text": "no", "color": "red", "index": 1},
    "-1": {"text": "unknown", "color": "purple", "index": 2},
    "-2": {"text": "not asked", "color": "text", "index": 3},
}
YES_NO: Final = {"0": {"text": "no", "color": "green", "index": 0}, "1": {"text": "yes", "color": "red", "index": 1}}
DAY: Final = 86400
# Colours by what is left: red within a week, yellow within a month.
LEFT: Final = ((None, "red"), (7 * DAY, "yellow"), (30 * DAY, "green"))
NONE_IS_GOOD: Final = ((None, "green"), (1, "red"))
CAUSE_COLUMNS: Final = ("cluster", "remote", "place", "check", "severity", "summary", "remedy")
_HIDDEN: Final = ("Time", "__name__", "instance", "job")


def links(cluster: str, remote: str) -> list[Json]:
    """To the page of a remote in diag, and to its dashboard; the two are templates of the names."""
    return [
        {"title": "Page of the remote", "url": f"${{web}}/remote/{cluster}/{remote}", "targetBlank": True},
        {"title": "Dashboard of the remote", "url": f"/d/diag-remote?var-cluster={cluster}&var-remote={remote}"},
    ]


OF_ROW: Final = links("${__data.fields.cluster:percentencode}", "${__data.fields.remote:percentencode}")
OF_SERIES: Final = links("${__field.labels.cluster:percentencode}", "${__field.labels.remote:percentencode}")
MANUAL: Final = [
    {
        "title": "What the check is about",
        "url": "${web}/checks/${__data.fields.check:percentencode}",
        "targetBlank": True,
    }
]


def thresholds(*steps: tuple[float | None, str]) -> Json:
    """Colours from a value on; the first one holds below all."""
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}


def mapped(values: Mapping[str, Json]) -> list[Json]:
    """Words and colours for numbers."""
    return [{"type": "value", "options": dict(values)}]


def target(expr: str, *, legend: str = "", ref: str = "A", instant: bool = False, table: bool = False) -> Json:
    """One query."""
    made: Json = {"refId": ref, "datasource": SOURCE, "expr": expr, "legendFormat": legend}
    if instant:
        made |= {"instant": True, "range": False}
    return made | ({"format": "table"} if table else {})


def _panel(kind: str, title: str, text: str, size: tuple[int, int], targets: Sequence[Json], **more: object) -> Json:
    width, height = size
    return {
        "type": kind,
        "title": title,
        "description": text,
        "gridPos": {"x": 0, "y": 0, "w": width, "h": height},
        "datasource": SOURCE,
        "targets": list(targets),
        **more,
    }


def stat(  # noqa: PLR0913 -- each is one thing that it may have.
    title: str,
    text: str,
    expr: str,
    *,
    colors: Json,
    unit: str = "short",
    width: int = 6,
    mappings: Sequence[Json] = (),
) -> Json:
    """One number."""
    defaults: Json = {"unit": unit, "thresholds": colors, "mappings": list(mappings)}
    options = {
        "colorMode": "background",
        "graphMode": "none",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return _panel(
        "stat",
        title,
        text,
        (width, 4),
        [target(expr, instant=True)],
        fieldConfig={"defaults": defaults, "overrides": []},
        options=options,
    )


def series(  # noqa: PLR0913 -- each is one thing that it may have.
    title: str,
    text: str,
    *targets: Json,
    unit: str,
    width: int = 12,
    height: int = 8,
    linked: bool = True,
    low: float | None = 0,
) -> Json:
    """Lines over time."""
    defaults: Json = {
        "unit": unit,
        "custom": {"fillOpacity": 0, "showPoints": "never"},
        "links": OF_SERIES if linked else [],
    }
    if low is not None:
        defaults["min"] = low
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return _panel(
        "timeseries",
        title,
        text,
        (width, height),
        targets,
        fieldConfig={"defaults": defaults, "overrides": []},
        options=options,
    )


def timeline(  # noqa: PLR0913 -- each is one thing that it may have.
    title: str,
    text: str,
    expr: str,
    legend: str,
    *,
    values: Mapping[str, Json] = STATES,
    width: int = 24,
    height: int = 9,
    linked: bool = True,
) -> Json:
    """States over time, a row for each series."""
    defaults: Json = {
        "unit": "short",
        "mappings": mapped(values),
        "custom": {"fillOpacity": 80, "lineWidth": 0},
        "links": OF_SERIES if linked else [],
    }
    options = {
        "showValue": "never",
        "mergeValues": True,
        "rowHeight": 0.9,
        "alignValue": "left",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return _panel(
        "state-timeline",
        title,
        text,
        (width, height),
        [target(expr, legend=legend)],
        fieldConfig={"defaults": defaults, "overrides": []},
        options=options,
    )


def column(  # noqa: PLR0913 -- each is one thing that it may have.
    name: str,
    *,
    shown: str = "",
    unit: str = "",
    colors: Json | None = None,
    mappings: Sequence[Json] = (),
    linked: Sequence[Json] = (),
    width: int = 0,
) -> Json:
    """How one column of a table looks."""
    properties: list[Json] = []
    if shown:
        properties.append({"id": "displayName", "value": shown})
    if unit:
        properties.append({"id": "unit", "value": unit})
    if colors is not None or mappings:
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    if colors is not None:
        properties.append({"id": "thresholds", "value": colors})
    if mappings:
        properties.append({"id": "mappings", "value": list(mappings)})
    if linked:
        properties.append({"id": "links", "value": list(linked)})
    if width:
        properties.append({"id": "custom.width", "value": width})
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def table(  # noqa: PLR0913 -- each is one thing that it may have.
    title: str,
    text: str,
    expr: str,
    order: Sequence[str],
    *columns: Json,
    width: int = 24,
    height: int = 9,
    hidden: Sequence[str] = (),
) -> Json:
    """A table of the newest values: its columns in order, those of the remote and of the check with links."""
    overrides = [column("remote", linked=OF_ROW), column("check", linked=MANUAL), *columns]
    organized = {
        "id": "organize",
        "options": {
            "excludeByName": dict.fromkeys((*_HIDDEN, *hidden), True),
            "indexByName": {name: place for place, name in enumerate(order)},
        },
    }
    return _panel(
        "table",
        title,
        text,
        (width, height),
        [target(expr, instant=True, table=True)],
        fieldConfig={"defaults": {"unit": "short"}, "overrides": overrides},
        options={"showHeader": True, "cellHeight": "sm"},
        transformations=[organized],
    )

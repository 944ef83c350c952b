"""What all dashboards have: variables, links to each other, and panels put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from panels import WIDTH, Json

# Where people reach the pages of diag: what it was configured with, else the address that is scraped.
WEB: Final = 'diag_web_info or label_replace(diag_build_info unless on (instance) diag_web_info, "url", "http://$1", "instance", "(.+)")'


def _variable(name: str, query: str, *, multi: bool, **more: object) -> Json:
    made: Json = {
        "name": name,
        "type": "query",
        "label": name,
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
        "multi": multi,
        "includeAll": multi,
    }
    if multi:
        made |= {"allValue": ".*", "current": {"text": "All", "value": "$__all"}}
    return made | more


def _variables(*, multi: bool) -> list[Json]:
    source: Json = {
        "name": "datasource",
        "type": "datasource",
        "query": "prometheus",
        "label": "data source",
        "current": {},
    }
    return [
        source,
        _variable("cluster", "label_values(diag_cluster_status, cluster)", multi=multi),
        _variable("remote", 'label_values(diag_remote_status{cluster=~"$cluster"}, remote)', multi=multi),
        _variable("web", f"query_result({WEB})", multi=False, regex='/url="([^"]+)"/', hide=2, skipUrlSync=True),
    ]


def board(uid: str, title: str, panels: Sequence[Json], *, multi: bool = True, since: str = "now-6h") -> Json:
    """One dashboard: its panels side by side, the variables of all, and the way to the others."""
    to_others = {
        "type": "dashboards",
        "title": "diag",
        "tags": ["diag"],
        "asDropdown": True,
        "keepTime": True,
        "includeVars": True,
        "icon": "external link",
        "tooltip": "",
        "url": "",
        "targetBlank": False,
    }
    return {
        "uid": uid,
        "title": title,
        "tags": ["diag", "elasticsearch"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "1m",
        "time": {"from": since, "to": "now"},
        "timezone": "browser",
        "templating": {"list": _variables(multi=multi)},
        "annotations": {"list": []},
        "links": [to_others],
        "panels": list(_placed(panels)),
    }


def _placed(panels: Iterable[Json]) -> Iterator[Json]:
    """Put them side by side as long as a row has room for them."""
    x = y = height = 0
    for number, panel in enumerate(panels, 1):
        size = panel["gridPos"]
        if x + size["w"] > WIDTH:
            x, y, height = 0, y + height, 0
        yield {"id": number, **panel, "gridPos": {**size, "x": x, "y": y}}
        x, height = x + size["w"], max(height, size["h"])

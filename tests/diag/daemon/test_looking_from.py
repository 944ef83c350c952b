"""What the daemon makes of the workers that are there."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from diag.daemon.looking_from import Placed
from diag.daemon.vantage_series import VantageSeries


def test_a_worker_for_a_place_that_is_not_configured_is_said() -> None:
    """A mistyped name would else be seen nowhere: the worker is connected, and is given no round."""
    arrived = list[str]()
    series, placed = VantageSeries(CollectorRegistry(), lambda: None), Placed()
    series.expect(["eu"])
    placed.report_to(series, arrived.append)
    with capture_logs() as lines:
        placed.present({"eu": 1})
        assert not lines
        placed.present({"eu": 1, "ue": 1})
        placed.present({"eu": 2, "ue": 1})
    assert [(one["event"], one["vantage_point"]) for one in lines] == [("vantage.point_unknown", "ue")]
    assert arrived == ["eu", "ue"]

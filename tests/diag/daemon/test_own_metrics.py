"""The service's own series: there from the start, gone with their cluster."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from diag.daemon.own_metrics import OwnMetrics, RoundResult


def samples(own: OwnMetrics) -> dict[tuple[str, str, str], float]:
    """Read the text back: values by name, cluster and result."""
    return {
        (sample.name, sample.labels.get("cluster", ""), sample.labels.get("result", "")): sample.value
        for family in text_string_to_metric_families(own.render()[1].decode())
        for sample in family.samples
    }


def labels(own: OwnMetrics) -> dict[str, list[dict[str, str]]]:
    """The labels of each series by its name."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(own.render()[1].decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(dict(sample.labels))
    return found


def test_counters_are_there_at_0_before_the_first_round() -> None:
    """A rate over a counter works from the first scrape on, and no time of a round is made up."""
    own = OwnMetrics()
    own.expect(["eu"], 60)
    found = samples(own)
    for result in RoundResult:
        assert found["diag_rounds_total", "eu", result] == 0
    assert found["diag_round_interval_seconds", "eu", ""] == 60
    assert ("diag_round_last_finished_timestamp_seconds", "eu", "") not in found
    assert not [name for name, _, _ in found if name.endswith("_created")]


def test_series_of_a_cluster_that_is_gone_vanish() -> None:
    """A late round of a cluster that left the configuration does not bring its series back."""
    own = OwnMetrics()
    own.expect(["eu", "us"], 60)
    for name in ("eu", "us"):
        own.count(name, RoundResult.FINISHED)
        own.timed(name, took=0.1, late=0.01, finished=1000.0)
    own.expect(["us"], 60)
    own.count("eu", RoundResult.FINISHED)
    own.timed("eu", took=1, late=1, finished=1)
    assert {cluster for _, cluster, _ in samples(own)} == {"", "us"}


def test_a_failed_round_does_not_count_as_a_finished_one() -> None:
    """The time of the last finished round stays, so that an alert sees it grow old."""
    own = OwnMetrics()
    own.expect(["eu"], 60)
    own.timed("eu", took=0.1, late=0.0, finished=1000.0)
    own.timed("eu", took=0.2, late=0.0, finished=None)
    found = samples(own)
    assert found["diag_round_last_finished_timestamp_seconds", "eu", ""] == 1000
    assert found["diag_round_duration_seconds", "eu", ""] == 0.2


def test_reloads_build_and_broken_packs_are_told() -> None:
    """A refused configuration leaves the time of the good one."""
    own = OwnMetrics()
    own.loaded(500.0, url="https://diag.example/x/", broken={"house": 'no "module"\n', "zoo": "y" * 5000})
    own.refused("diag.yaml:3: unknown key\x1b[31m")
    found = samples(own)
    assert found["diag_config_last_reload_successful", "", ""] == 0
    assert found["diag_config_last_reload_success_timestamp_seconds", "", ""] == 500
    assert found["diag_broken_packs", "", ""] == 2
    assert found["diag_build_info", "", ""] == 1


def test_what_is_told_in_words_goes_when_it_is_over() -> None:
    """The reasons are series of their own: bounded, printable, and gone with the next good configuration."""
    own = OwnMetrics()
    own.loaded(1.0, url="https://diag.example/x/", broken={"house": 'no "module"\n', "zoo": "y" * 5000})
    own.refused("first")
    own.refused("diag.yaml:3: unknown key\x1b[31m")
    told = labels(own)
    assert told["diag_web_info"] == [{"url": "https://diag.example/x"}]
    assert told["diag_config_problem_info"] == [{"because": "diag.yaml:3: unknown key\\x1b[31m"}]
    assert [one["pack"] for one in told["diag_broken_pack_info"]] == ["house", "zoo"]
    assert max(len(one["because"]) for one in told["diag_broken_pack_info"]) < 450
    own.loaded(2.0, url="", broken={})
    assert not {"diag_web_info", "diag_config_problem_info", "diag_broken_pack_info"} & labels(own).keys()


def test_each_change_has_a_version_of_its_own() -> None:
    """A kept rendering is known to be old."""
    own = OwnMetrics()
    versions = [own.version]
    for change in (
        lambda: own.expect(["eu"], 60),
        lambda: own.count("eu", RoundResult.FINISHED),
        lambda: own.timed("eu", took=1, late=1, finished=1),
        lambda: own.loaded(1, url="", broken={}),
        lambda: own.refused("x"),
    ):
        change()
        versions.append(own.version)
    assert versions == sorted(set(versions))

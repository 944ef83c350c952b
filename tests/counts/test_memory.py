"""What a remote takes of the memory, in bytes that depend on no machine."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from diag.engine import Memory, judge, report
from diag.metrics import SeriesCache, render_report_series, report_series
from tests import caselib
from tests.counts.countlib import bytes_of
from tests.counts.test_growth import many

FEW, MANY = 10, 60
MAX_HELD = (
    10 * 1024
)  # Bytes for each further remote: its results, and what the next round needs. Its evidence comes on top.
MAX_ASIDE = 4 * 1024  # Bytes for each further remote that are held only while its cluster is judged.


def judged(number: int) -> tuple[int, int]:
    """The bytes that are held of a first round of a cluster with so many remotes, and the most that were held while it was judged."""
    evidence, memory = many(number, stored=True), Memory()
    checks = caselib.catalogue().checks
    return bytes_of(lambda: (judge(evidence, checks, memory=memory), memory))


def test_judging_a_large_cluster_takes_what_its_report_holds() -> None:
    """What is put together to judge a remote goes before the next one is judged: a cluster of ten thousand would take a third of a gigabyte for it."""
    judged(MANY)  # What is done once for the process, and texts that are kept.
    (held, peak), (held_of_many, peak_of_many) = judged(FEW), judged(MANY)
    assert held_of_many > held
    assert (peak_of_many - held_of_many) - (peak - held) <= MAX_ASIDE * (MANY - FEW)


def test_what_is_held_of_a_healthy_remote_is_bounded() -> None:
    """Equal results, and what is the same for all who show the same certificate, are held once."""
    judged(MANY)
    (held, _), (held_of_many, _) = judged(FEW), judged(MANY)
    assert 0 < held_of_many - held <= MAX_HELD * (MANY - FEW)


def test_a_scrape_holds_no_copy_of_its_answer() -> None:
    """What is kept for the next one is less than half of the text, which itself is handed on in pieces."""
    checks = caselib.catalogue().checks
    whole = report([judge(many(MANY, stored=True), checks)], datetime(2026, 1, 15, tzinfo=UTC))
    size = len(render_report_series(whole))

    def scraped() -> SeriesCache:
        kept = SeriesCache()
        deque(report_series(whole, kept), maxlen=0)
        return kept

    held, peak = bytes_of(scraped)
    assert 0 < held <= size / 2
    assert peak < size

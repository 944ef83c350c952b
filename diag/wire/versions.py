"""Which release a transport version id belongs to, and the reverse.

Up to 8.8 a node answers with the id of its release, which is arithmetic. From 8.9 on the ids are numbers of their own: the
table below has them. On such a node ``id // 1000`` is a line: what a release and its patch releases have in common.

The table is a snapshot, and some of its ids are lower bounds (``INITIAL``). So whatever is not in it is answered by what is
certain, never by a guess at one release:

* between two rows of a line: the release of the row below, or one up to that of the row above;
* between two lines, where builds from development and serverless projects are: the lowest release of the line below, or one
  up to the first of the line above;
* behind the last row of a line: that release, or a later one of the line;
* behind the newest line, in its major: the lowest release of that line, or any later one of the major. To give nothing here
  would lose that such a node is too new for an old local cluster, and a check could pass by a declared release that is stale;
* in a major that is not in the table, or where no release ever was: None.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from diag.evidence.release import NO_END, Release
from diag.evidence.terms import Version
from diag.lazy_dataclass import dataclass

CSV: Final = "Elasticsearch: TransportVersions.csv"
# The id a branch gets for its next release: of this release or, after a later change on the branch, a little lower.
INITIAL: Final = "Elasticsearch: transport/definitions, initial ids"
SEEN: Final = "the answer of a running node"

# Lines count by the thousand since 8.11; 8.9 and 8.10 have one id each.
_FIRST_ID: Final = 8_500_000
_BY_THOUSAND: Final = 8_501_000
# Ids that are arithmetic (org.elasticsearch.Version): the last minor of each major that has one.
_LAST_MINOR: Final = {5: 6, 6: 8, 7: 17, 8: 8}
_RELEASED: Final = 99  # The last two digits of a release; lower ones are of alphas, betas and release candidates.


@dataclass(frozen=True, slots=True)
class Row:
    """The releases that answer with an id, from the first to the last one, and who says so."""

    id: int
    first: Version
    last: Version
    source: str

    @property
    def line(self) -> int:
        """What the ids of a release and of its patch releases have in common."""
        return _line(self.id)


def _line(transport_version: int) -> int:
    return transport_version // 1000 if transport_version >= _BY_THOUSAND else transport_version


def _rows(major: int, minor: int, source: str, ids: dict[int, int | tuple[int, int]]) -> tuple[Row, ...]:
    """Rows of one minor release: from the id to its patch release, or to the first and the last of several."""
    spans = ((id_, (patch, patch) if isinstance(patch, int) else patch) for id_, patch in ids.items())
    return tuple(Row(id_, Version(major, minor, a), Version(major, minor, b), source) for id_, (a, b) in spans)


def _each(major: int, minor: int, source: str, first: int, patches: range) -> tuple[Row, ...]:
    """Rows of patch releases whose ids follow one upon the other."""
    return _rows(major, minor, source, {first + i: patch for i, patch in enumerate(patches)})


TABLE: Final[tuple[Row, ...]] = (
    *_rows(8, 9, CSV, {8500020: (0, 2)}),
    *_rows(8, 10, CSV, {8500061: (0, 4)}),
    *_rows(8, 11, CSV, {8512001: (0, 4)}),
    *_rows(8, 12, CSV, {8560000: 0, 8560001: (1, 2)}),
    *_rows(8, 13, CSV, {8595000: (0, 3), 8595001: 4}),
    *_rows(8, 14, CSV, {8636001: (0, 3)}),
    *_rows(8, 15, CSV, {8702002: (0, 1), 8702003: (2, 5)}),
    *_rows(8, 16, CSV, {8772001: 0, 8772004: (1, 4), 8772005: 5, 8772006: 6}),
    *_rows(8, 17, CSV, {8797002: (0, 2)}),
    *_each(8, 17, CSV, 8797003, range(3, 11)),
    *_each(8, 18, CSV, 8840002, range(8)),
    *_rows(8, 18, INITIAL, {8840010: 8}),
    *_rows(8, 19, SEEN, {8841064: 0}),
    *_each(8, 19, CSV, 8841065, range(1, 5)),
    *_rows(8, 19, INITIAL, {8841069: 5, 8841071: 6, 8841072: 7, 8841073: 8, 8841076: 9, 8841079: 10, 8841080: 11}),
    *_rows(8, 19, INITIAL, {8841084: 12, 8841085: 13, 8841087: 14, 8841088: 15, 8841089: 16, 8841090: 17}),
    *_rows(8, 19, INITIAL, {8841091: 18, 8841093: 19, 8841094: 20, 8841095: 21, 8841097: 22, 8841099: 23}),
    *_rows(8, 19, INITIAL, {8841105: 24}),
    *_each(9, 0, CSV, 9000009, range(8)),
    *_rows(9, 0, INITIAL, {9000017: 8}),
    *_each(9, 1, CSV, 9112003, range(5)),
    *_rows(9, 1, INITIAL, {9112008: 5, 9112010: 6, 9112011: 7, 9112013: 8, 9112015: 9, 9112018: 10}),
    *_rows(9, 2, SEEN, {9185002: 0}),
    *_rows(9, 2, INITIAL, {9185003: 1, 9185008: 2, 9185012: 3, 9185015: 4, 9185016: 5, 9185020: 6, 9185021: 7}),
    *_rows(9, 2, INITIAL, {9185023: 8}),
    *_rows(9, 3, INITIAL, {9250003: 0, 9250006: 1, 9250008: 2, 9250010: 3, 9250012: 4, 9250015: 5, 9250016: 6}),
    *_rows(9, 3, INITIAL, {9250017: 7, 9250019: 8, 9250020: 9}),
    *_rows(9, 4, INITIAL, {9348001: 0, 9348002: 1, 9348006: 2, 9348007: 3, 9348009: 4, 9348010: 5, 9348012: 6}),
    *_rows(9, 4, INITIAL, {9348014: 7, 9348015: 8, 9348022: 9}),
    *_rows(9, 5, INITIAL, {9458000: 0, 9458004: 1, 9458005: 2, 9458007: 3, 9458008: 4, 9458009: 5, 9458016: 6}),
)
_IDS: Final = tuple(row.id for row in TABLE)
_LOWEST: Final = {row.line: row.first for row in reversed(TABLE)}  # The first release of each line.


def release_of(transport_version: int) -> Release | None:
    """Give the release of a node by the id of its handshake answer; None for an id that no known release can have."""
    if transport_version < _FIRST_ID:
        return _numbered(transport_version)
    place = bisect_right(_IDS, transport_version)
    if place == 0:
        return Release(Version(8, 8), TABLE[0].first)
    below = TABLE[place - 1]
    if below.id == transport_version:
        return Release(below.first, below.last)
    above = TABLE[place] if place < len(TABLE) else None
    if _line(transport_version) == below.line:
        inside = above is not None and above.line == below.line
        end = Version(below.last.major, below.last.minor, NO_END)
        return Release(below.first, above.first if above and inside else end)
    if above is not None:
        return Release(_LOWEST[below.line], above.first)
    return _newer(transport_version)


def transport_version_of(version: Version) -> int:
    """Give the id that a node of this release answers with; a patch release behind the table has that of the last one before it.

    Raises ValueError for a release of a minor that is not known.
    """
    if version.minor <= _LAST_MINOR.get(version.major, -1):
        return version.major * 1_000_000 + version.minor * 10_000 + version.patch * 100 + _RELEASED
    minor = (version.major, version.minor)
    found = [row.id for row in TABLE if (row.first.major, row.first.minor) == minor and row.first <= version]
    if not found:
        msg = f"no transport version is known for {version}"
        raise ValueError(msg)
    return found[-1]


def _numbered(transport_version: int) -> Release | None:
    """Read the id of a release, up to 8.8; a pre-release is given as the release that it comes before."""
    rest, patch = divmod(transport_version // 100, 100)
    major, minor = divmod(rest, 100)
    if minor > _LAST_MINOR.get(major, -1):
        return None
    version = Version(major, minor, patch)
    return Release(version, version)


def _newer(transport_version: int) -> Release | None:
    """Say of an id behind the newest line that its release is not older than that line, and of the same major."""
    newest = _LOWEST[TABLE[-1].line]
    if transport_version // 1_000_000 != newest.major:
        return None
    return Release(newest, Version(newest.major, NO_END, NO_END))

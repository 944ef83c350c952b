"""Which releases may talk to each other, and which one brought what a check asks for. Each row names its source."""

from __future__ import annotations

from typing import Final

from diag.model import NO_END, Gate, Version, dataclass

FIRST_SEARCHED: Final = Gate(Version(6, 7), "Elastic Cloud documentation: remotes above 6.7.0")
# The first release of each major, beginning with 6, from which Elastic Cloud replicates.
FIRST_REPLICATED: Final = (
    Gate(Version(6, 8, 9), "Elastic Cloud documentation: replication from 6.8.9 and 7.7.1 on"),
    Gate(Version(7, 7, 1), "Elastic Cloud documentation: replication from 6.8.9 and 7.7.1 on"),
)
ILM_STEPS_SHOWN: Final = Gate(Version(7, 8), "elasticsearch#66035, elasticsearch#69114")
FAST_SKIPS: Final = Gate(Version(7, 16), "elasticsearch#74773, elasticsearch#80589")
SKIP_PING_BUG: Final = Gate(Version(7, 16, 1), "elasticsearch#88080, reported for 7.16.1 and later, open")
LZ4_BY_DEFAULT: Final = Gate(
    Version(8, 0), "elasticsearch#74587, elasticsearch#76372: what compression without a scheme means"
)
STARTS_WITHOUT_REMOTES: Final = Gate(
    Version(8, 4), "elasticsearch#51855, elasticsearch#87298: nodes before 8.4 wait for the remotes of their file"
)
ROLE_PARSE_BROKEN: Final = Gate(Version(8, 15, 0), "elasticsearch#112222")
ROLE_PARSE_FIXED: Final = Gate(Version(8, 15, 1), "elasticsearch#112226")
STATIC_RSA_GONE: Final = Gate(Version(8, 18), "documentation: enabling cipher suites; elasticsearch#123600")
JAVA_25: Final = Gate(
    Version(9, 2, 0), "the JDK in the distribution of 9.2.0; releases of 8.x run on Java 17 and later"
)
# Each pair is from a release on up to another one, which no longer counts. EQL across clusters wants equal releases (documentation:
# cross-cluster search, supported configurations); x509_fields is ignored, the otherName alone is looked at (elasticsearch#91946).
EQL_WANTS_EQUAL: Final = ((Version(0, 0), Version(7, 17, 8)), (Version(8, 0), Version(8, 5, 2)))
X509_FIELDS_IGNORED: Final = ((Version(0, 0), Version(7, 17, 8)), (Version(8, 0), Version(8, 5, 3)))

# What answers a handshake in the layout of 6.x after it closed on that of 7.x: from the first to the last one (TcpTransport before 7.6).
ANSWERS_OLD_HANDSHAKE_ONLY: Final = (Version(6, 8), Version(7, 5, NO_END))


@dataclass(frozen=True, slots=True)
class Minors:
    """Minor releases from the first to the last one, both included, all of one major; every patch of them."""

    first: Version
    last: Version

    def __contains__(self, version: Version) -> bool:
        """Tell whether the release is one of them."""
        return (
            (self.first.major, self.first.minor) <= (version.major, version.minor) <= (self.last.major, self.last.minor)
        )

    def __str__(self) -> str:
        """Give ``8.14 and later 8.x``, ``7.1 to 7.16`` or ``9.0``."""
        first, last = f"{self.first.major}.{self.first.minor}", f"{self.last.major}.{self.last.minor}"
        if self.last.minor == NO_END:
            return f"{self.first.major}.x" if self.first.minor == 0 else f"{first} and later {self.first.major}.x"
        return first if first == last else f"{first} to {last}"


def _minors(major: int, first: int, last: int | None = None) -> Minors:
    return Minors(Version(major, first), Version(major, first if last is None else last))


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One row of the support table of cross-cluster search: what a local cluster of these releases may search."""

    local: Minors
    remotes: tuple[Minors, ...]


@dataclass(frozen=True, slots=True)
class WireRow:
    """The oldest release that nodes of these releases talk to."""

    nodes: Minors
    oldest_peer: Version


# Documentation of cross-cluster search, supported configurations. A minor newer than the last one printed there follows
# the rule behind the table: the previous minor, the same, and every newer one of the major.
SEARCH: Final[tuple[SearchRow, ...]] = (
    SearchRow(_minors(6, 8), (_minors(6, 8), _minors(7, 1, 17))),
    SearchRow(_minors(7, 1, 16), (_minors(6, 8), _minors(7, 1, 17))),
    SearchRow(_minors(7, 17), (_minors(6, 8), _minors(7, 1, 17), _minors(8, 0, NO_END))),
    SearchRow(_minors(8, 0), (_minors(7, 17), _minors(8, 0, NO_END))),
    *(SearchRow(_minors(8, n), (_minors(8, n - 1, NO_END),)) for n in range(1, 18)),
    SearchRow(_minors(8, 18), (_minors(8, 17, NO_END), _minors(9, 0))),
    SearchRow(_minors(8, 19), (_minors(8, 18, NO_END), _minors(9, 0, NO_END))),
    SearchRow(_minors(9, 0), (_minors(8, 18), _minors(9, 0, NO_END))),
    *(SearchRow(_minors(9, n), (_minors(9, n - 1, NO_END),)) for n in range(1, 100)),
)

# Minimum compatible versions: org.elasticsearch.Version up to 8.x, TransportVersions.MINIMUM_COMPATIBLE later on;
# documentation of remote clusters, version table; elasticsearch#123254 for 9.1.
WIRE: Final[tuple[WireRow, ...]] = (
    WireRow(_minors(5, 0, NO_END), Version(5, 0)),
    WireRow(_minors(6, 0, NO_END), Version(5, 6)),
    WireRow(_minors(7, 0), Version(6, 7)),
    WireRow(_minors(7, 1, NO_END), Version(6, 8)),
    WireRow(_minors(8, 0, NO_END), Version(7, 17)),
    WireRow(_minors(9, 0), Version(8, 18)),
    WireRow(_minors(9, 1, NO_END), Version(8, 19)),
)


def is_within(version: Version, spans: tuple[tuple[Version, Version], ...]) -> bool:
    """Tell whether a release is in one of the spans; the end of each is not."""
    return any(first <= version < end for first, end in spans)


def oldest_peer(version: Version) -> Version | None:
    """Give the oldest release that a node of this one talks to; None for a release that the table does not know."""
    return next((row.oldest_peer for row in WIRE if version in row.nodes), None)


def may_connect(one: Version, other: Version) -> bool | None:
    """Tell whether two nodes accept each other; None where the table does not know one of them."""
    oldest = oldest_peer(one), oldest_peer(other)
    if oldest[0] is None or oldest[1] is None:
        return None
    return other >= oldest[0] and one >= oldest[1]


def searchable(local: Version) -> tuple[Minors, ...]:
    """Give the releases that a local cluster may search; empty for a release that the table does not list."""
    return next((row.remotes for row in SEARCH if local in row.local), ())


def may_search(local: Version, remote: Version) -> bool | None:
    """Tell whether searching the remote is supported; None where the table does not list one of the two releases."""
    if (local.major, local.minor) == (remote.major, remote.minor):
        return True
    if not searchable(local) or not searchable(remote):
        return False if may_connect(local, remote) is False else None
    return any(remote in minors for minors in searchable(local))


ECK_OPERATOR: Final = Gate(Version(2, 16, 0), "Elastic Cloud on Kubernetes: release notes of the operator 2.16")
# The first operator that knows the annotation by which orchestration pauses.
ECK_PAUSE: Final = Gate(Version(3, 5, 0), "Elastic Cloud on Kubernetes: release notes of the operator 3.5")
# The first release of Elasticsearch that takes secure settings as files on ECK, and the first operator that writes them.
ECK_FILE_SETTINGS: Final = Gate(Version(9, 5, 0), "Elastic Cloud on Kubernetes: release notes of the operator 3.5")
ECK_FILES_BY_OPERATOR: Final = Gate(Version(3, 5, 0), "Elastic Cloud on Kubernetes: release notes of the operator 3.5")
# From here on the operator gives pods a label for each role.
ECK_ROLE_LABELS: Final = Gate(Version(7, 12, 0), "Elastic Cloud on Kubernetes: labels of the pods of Elasticsearch")

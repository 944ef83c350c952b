"""Which release brought what. Each row names its source."""

from __future__ import annotations

from typing import Final

from diag.evidence.terms import Version
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """The first release that has something, and who says so."""

    since: Version
    source: str


PROXY_MODE: Final = Gate(Version(7, 6), "elasticsearch#50391")
SERVER_NAME: Final = Gate(Version(7, 7), "elasticsearch#50951")
LEGACY_SNIFF: Final = Gate(Version(6, 7), "Elastic Cloud documentation: remotes above 6.7.0 and below 7.6.0")
API_KEY_EXISTS: Final = Gate(Version(8, 10), "Elasticsearch 8.10 release notes: API key based security model, beta")
API_KEY_SUPPORTED: Final = Gate(Version(8, 12), "Elastic Cloud documentation: prerequisites of API key authentication")
API_KEY_GA: Final = Gate(Version(8, 14), "documentation: prerequisites of remote clusters with API keys")
RESOLVE_CLUSTER: Final = Gate(Version(8, 13), "documentation: resolve cluster API")
KEYSTORE_RELOAD: Final = Gate(Version(8, 13), "elasticsearch#102798, elasticsearch#103460")
KEYSTORE_RELOAD_AGREED: Final = Gate(Version(8, 14), "documentation: newer pages name 8.14 instead of 8.13")
KEYSTORE_RELOAD_FIXED: Final = Gate(Version(8, 15, 2), "elasticsearch#111535, release notes of 8.15.2")
ENRICH_PRIVILEGE: Final = Gate(Version(8, 15), "documentation: role structure, remote_cluster; ES|QL across clusters")
SKIP_BY_DEFAULT: Final = Gate(Version(8, 15), "elasticsearch#105792: the default of skip_unavailable")
COMPRESSION_SCHEME: Final = Gate(Version(7, 14), "elasticsearch#76580: transport.compression_scheme")
STRONG_IDENTITY: Final = Gate(
    Version(9, 3), "documentation: strong identity verification, 9.3 or later on both sides; elasticsearch#134604"
)
ESQL_SAME_SIDE: Final = Gate(Version(8, 16), "documentation: ES|QL across clusters, 8.16 or later on both sides")
ESQL_RELEASED: Final = Gate(Version(9, 1), "documentation: ES|QL across clusters, preview before")
ESQL_LICENSE: Final = Gate(
    Version(8, 18), "elasticsearch#118102, release notes of 8.18.0; refusal observed on 8.19.0, not in 8.15 and 8.16"
)
CERTIFICATE_MODEL_DEPRECATED: Final = Gate(Version(9, 0), "elasticsearch#120806")

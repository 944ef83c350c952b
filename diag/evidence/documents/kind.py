"""The kinds of documents that diag reads."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is; the value is how output calls it."""

    DIAG_YAML = "diag.yaml"
    ELASTICSEARCH_YML = "elasticsearch.yml"
    SETTINGS_REQUEST = "settings body"
    KEYSTORE_LIST = "keystore list"
    TRUST_FILE = "trust file"

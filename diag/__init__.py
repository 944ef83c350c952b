"""The doctor for Elasticsearch remote clusters: finds out why a remote is broken, root cause first."""

from typing import Final

VERSION: Final = "0.1.0"

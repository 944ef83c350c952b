"""The ways in, for whoever has no configuration yet: the one text about them, in the help and where the file is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

WAYS_IN: Final = """\
Three ways in:
  a live cluster, which reports its remotes itself
    diag run --cluster-url https://HOST:9200 --username NAME         (or --api-key-file FILE)
    diag discover --cluster-url https://HOST:9200 --username NAME -o diag.yaml
  files as they are: settings, certificates, keys, manifests; no network
    diag lint FILE|FOLDER ...
  a configuration to fill in
    diag config example > diag.yaml, then diag run
One address alone: diag probe HOST:PORT ...   Emulated clusters to try it on: diag lab --daemon
"""


def ways_in_without(config: Path) -> str:
    """The ways in, where there is no configuration at this path; empty where there is one, or where it is standard input."""
    return "" if str(config) == "-" or config.exists() else WAYS_IN

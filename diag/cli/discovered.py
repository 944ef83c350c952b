"""The clusters that a configuration has found elsewhere, for a command that looks once."""

from __future__ import annotations

from diag.cli.standard_streams import print_error
from diag.config import Config
from diag.event_loop import run_to_end


def with_discovered(config: Config) -> Config:
    """Look at every source once, and put the clusters in. What could not be read is complained about; the others are looked at."""
    if not config.discover:
        return config
    from diag.collect import RealNetwork  # noqa: PLC0415 -- few configurations have sources.
    from diag.discovery import find_all, with_found  # noqa: PLC0415 -- as above.

    found = run_to_end(find_all(config, RealNetwork()))
    whole, clashes = with_found(config, found)
    for name, problem in {**{one.source: one.problem for one in found if one.problem}, **clashes}.items():
        print_error(f"the source {name} of clusters: {problem}")
    return whole

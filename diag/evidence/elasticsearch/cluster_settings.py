"""The settings of a cluster (``GET /_cluster/settings``): one call for every piece that is read from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.evidence.call import Call
from diag.evidence.reading import mapping, text
from diag.text import mask_userinfo

# The last one wins; "defaults" holds elasticsearch.yml.
LAYERS: Final = ("defaults", "persistent", "transient")
# Nested on purpose: with flat_settings a dotted filter_path matches nothing, on every release. The names that a cluster has for its
# IP filters stand in nested settings too; those of elasticsearch.yml count as defaults.
_PATHS: Final = (
    "*.cluster.remote",
    "*.search.remote",
    "*.archived.cluster.remote",
    "*.archived.search.remote",
    "*.xpack.security.transport.filter",
    "*.xpack.security.remote_cluster.filter",
    "*.xpack.security.filter.always_allow_bound_address",
    "*.ccr.indices.recovery.max_bytes_per_sec",
)
CALL: Final = Call(path=f"/_cluster/settings?include_defaults=true&filter_path={','.join(_PATHS)}")


def is_settings(answer: object) -> bool:
    """Whether an answer holds settings and nothing else."""
    return isinstance(answer, Mapping) and set(mapping(answer)) <= set(LAYERS)


def leaves(tree: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """Give the dotted key and the text of each setting in a tree; a user and password inside an address are masked."""
    for key, inner in tree.items():
        name = f"{path}{key}"
        if isinstance(inner, dict):
            yield from leaves(mapping(inner), f"{name}.")
        elif inner is not None:
            yield text(name), _value(inner)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_value(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else mask_userinfo(text(str(value)))

"""The settings that requests are signed and verified with, as far as anybody tells them.

Elasticsearch filters all of them out of every answer of its APIs. They are known from files of settings that diag is given, and by the
names of the passwords in the keystore.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from checks.shared.files_of_nodes import entries
from diag.model import SIGNING, Keystore, Nodes, Registration, Unavailable

# Of the remote cluster; they stand in the place of an alias: cluster.remote.signing.certificate_authorities.
_OF_VERIFIER: Final = SIGNING.rstrip(".")


def signing_settings(
    alias: str, registration: Registration | Unavailable, nodes: Nodes | Unavailable
) -> Mapping[str, str]:
    """What the local cluster has under ``cluster.remote.<alias>.signing.``, by the key behind it."""
    registered = () if isinstance(registration, Unavailable) else registration.values
    found = {key.removeprefix(SIGNING): value for key, value in registered if key.startswith(SIGNING)}
    return {**_in_files(nodes, f"{alias}.{SIGNING}"), **found}


def verifying_settings(registered: tuple[Registration, ...], nodes: Nodes | Unavailable) -> Mapping[str, str]:
    """What the remote cluster has under ``cluster.remote.signing.``, by the key behind it."""
    found = {key: value for one in registered if one.alias == _OF_VERIFIER for key, value in one.values}
    return {**_in_files(nodes, SIGNING), **found}


def _in_files(nodes: Nodes | Unavailable, prefix: str) -> dict[str, str]:
    if isinstance(nodes, Unavailable):
        return {}
    return {key: value for _, key, value in entries(nodes, prefix)}


def signing_passwords(alias: str, keystore: Keystore | Unavailable) -> tuple[str, ...]:
    """The names of the passwords that the local keystore has for signing requests to this remote, behind the prefix."""
    prefix = f"cluster.remote.{alias}.{SIGNING}"
    names = () if isinstance(keystore, Unavailable) else keystore.further
    return tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))

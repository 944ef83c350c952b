"""The connection as diag.yaml declares it, so that diag can look at it once it stands, and before."""

from __future__ import annotations

from typing import Any, Final

import yaml

from diag.setup.certificates import TRUST_FILE
from diag.setup.connection import Connection
from diag.setup.steps import Document

_HEAD: Final = "# For diag run -c diag.yaml: add what diag may ask (url, auth), and ca and credential of the remote once their files are there.\n"


def declaration(connection: Connection) -> dict[str, Any]:
    """The configuration of diag for this connection, without what is in files: these are not there yet."""
    remote, local = connection.remote_settings, connection.local
    entry: dict[str, Any] = {"alias": remote.alias, "security_model": connection.model.value, "kind": remote.kind.value}
    entry |= {key: list(value) if isinstance(value, tuple) else value for key, value in remote.settings.items()}
    entry["version"] = str(connection.remote.release)
    use = {"search": list(connection.search), "replicate": list(connection.replicate)}
    entry |= {"use": {what: names for what, names in use.items() if names}} if any(use.values()) else {}
    cluster: dict[str, Any] = {
        "name": local.cluster or "local",
        "kind": local.kind.value,
        "version": str(local.release),
    }
    cluster |= {"keystore": [connection.credentials]} if connection.by_key else {}
    return {"clusters": [{**cluster, "remotes": [entry]}]}


def declared(connection: Connection) -> Document:
    """The same as a file, with the ``trust_restrictions`` file that is written with it."""
    written = declaration(connection)
    if not connection.by_key and not connection.remote.at_cloud:
        written["clusters"][0]["remotes"][0]["trust_restrictions"] = f"remote/{TRUST_FILE}"
    text = yaml.safe_dump(written, sort_keys=False, width=120)
    return Document(path="diag.yaml", text=_HEAD + text, what="the connection for diag itself")

"""The calls of Elasticsearch's API, for Dev Tools and for a shell: the key, the settings of the remote, the roles."""

from __future__ import annotations

from typing import Final

from diag.model import RELOAD, Json, Request
from diag.setup.connection import Connection
from diag.setup.roles import local_role, remote_role
from diag.setup.steps import Document, console, curl, script

_LOGIN: Final = 'one line, such as user = "name:password" or header = "Authorization: ApiKey ..."'
INFO: Final = Request(method="GET", path="_remote/info")


def key_file(connection: Connection) -> str:
    """The file that the encoded key is kept in until it is stored."""
    return f"{connection.alias}.key"


def key_request(connection: Connection) -> Request:
    """The call that makes the key on the remote cluster, for what the remote is there for."""
    parts = {"search": connection.search, "replication": connection.replicate}
    access: dict[str, Json] = {part: [{"names": list(names)}] for part, names in parts.items() if names}
    body: dict[str, Json] = {"name": f"remote-{connection.alias}", "access": access}
    return Request(method="POST", path="_security/cross_cluster/api_key", body=body)


def key_documents(connection: Connection) -> tuple[Document, ...]:
    """The call that makes the key, as Dev Tools takes it, and as a script that keeps the encoded key in a file."""
    answer, kept = f"{connection.alias}.key.json", key_file(connection)
    lines = (
        "umask 077",
        f"{curl(key_request(connection), 'remote', fail=True)} > {answer}",
        rf"""sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p' {answer} > {kept}""",
        f"test -s {kept}",
    )
    about = (
        f"Makes the key on the remote cluster, and keeps its encoded form in {kept}.\n"
        f"REMOTE_URL is the address of its API, REMOTE_LOGIN a file of options of curl with the login: {_LOGIN}."
    )
    return (
        Document(path="remote/key.console", text=console(key_request(connection)), what="the key, for Dev Tools"),
        Document(path="remote/key.sh", text=script(*lines, about=about), what=f"the same for a shell; writes {kept}"),
    )


def settings_request(connection: Connection) -> Request:
    """The call that registers the remote. A user and password never belong into an address."""
    remote = connection.remote_settings
    kept = {key: list(value) if isinstance(value, tuple) else value for key, value in remote.settings.items()}
    values: dict[str, Json] = {remote.setting(key): value for key, value in kept.items()}
    return Request(method="PUT", path="_cluster/settings", body={"persistent": values})


def settings_documents(connection: Connection) -> tuple[Document, ...]:
    """The same call for Dev Tools and for a shell."""
    request = settings_request(connection)
    about = (
        "Registers the remote on the local cluster; prints what Elasticsearch answers.\n"
        f"LOCAL_URL is the address of its API, LOCAL_LOGIN a file of options of curl with the login: {_LOGIN}."
    )
    return (
        Document(path="local/settings.console", text=console(request), what="the settings, for Dev Tools"),
        Document(
            path="local/settings.sh", text=script(curl(request, "local"), about=about), what="the same for a shell"
        ),
    )


def role_documents(connection: Connection) -> tuple[Document, ...]:
    """The roles of those who search or replicate: in the certificate model one of the same name on both clusters. None for a remote without a use."""
    if not (connection.search or connection.replicate):
        return ()
    path = f"_security/role/remote-{connection.alias}"
    here = Request(method="PUT", path=path, body=local_role(connection))
    found = [
        Document(path="local/role.console", text=console(here), what="the role on the local cluster, for Dev Tools")
    ]
    if not connection.by_key:
        there = Request(method="PUT", path=path, body=remote_role(connection))
        what = "the role of the same name on the remote cluster"
        found.append(Document(path="remote/role.console", text=console(there), what=what))
    return tuple(found)


RELOAD_DOCUMENT: Final = Document(
    path="local/reload.console", text=console(RELOAD), what="has the nodes read the keystore again, for Dev Tools"
)

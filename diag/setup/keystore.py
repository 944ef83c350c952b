"""How the key of the remote comes into the keystore of the local cluster, by who runs that cluster, and when it comes into use."""

from __future__ import annotations

from diag.model import KEYSTORE_RELOAD, KEYSTORE_RELOAD_AGREED, KEYSTORE_RELOAD_FIXED, Kind, keystore_tool
from diag.setup import kubernetes
from diag.setup.calls import RELOAD_DOCUMENT, key_file
from diag.setup.connection import Connection
from diag.setup.nodes import restarted_in_turn
from diag.setup.steps import NEWLINE, Document, Step, script

_CONSOLE = "Security > Remote connections > Add an API key"


def store_key(connection: Connection) -> Step:
    """Store the encoded key under the name that the alias gives it."""
    kept, entry = key_file(connection), connection.credentials
    match connection.local.kind:
        case Kind.HOSTED | Kind.ECE if not connection.public_ca:
            text = (
                "The key is part of the trusted environment of the step before: its setting name is "
                f"`{connection.alias}`, and its secret what stands in `{kept}`. It becomes `{entry}`."
            )
            return Step(title="See that the key is stored", text=text, documents=(_listed(connection),))
        case Kind.HOSTED | Kind.ECE:
            text = (
                f"In the console, at the local deployment: {_CONSOLE}. Setting name: `{connection.alias}`, nothing else; it becomes "
                f"`{entry}`. Secret: what stands in `{kept}`."
            )
            return Step(title="Store the key", text=text, documents=(_listed(connection),))
        case Kind.ECK:
            text = f"Put the encoded key, from `{kept}`, into the secret that `spec.secureSettings` names. Its name there is `{entry}`."
            # With a private CA the manifest came with the step before.
            manifest = (kubernetes.local_manifest(connection),) if connection.public_ca else ()
            text += " Merge the manifest." if manifest else ""
            return Step(
                title="Store the key",
                text=text,
                documents=(*manifest, _listed(connection)),
                commands=(kubernetes.keep_key(connection, kept),),
            )
        case _:
            text = (
                f"Bring `{kept}` to every node of the local cluster, into the home of Elasticsearch, run the script there, and remove the file. "
                "On Windows: `Get-Content "
                + kept
                + " | bin\\elasticsearch-keystore.bat add --force --stdin "
                + entry
                + "`."
            )
            return Step(title="Store the key", text=text, documents=(_script(connection), _listed(connection)))


def _listed(connection: Connection) -> Document:
    """The entry by which everyone who reads these documents knows the model, and has to find in the keystore."""
    what = "what the keystore holds then, among others, as elasticsearch-keystore list shows it"
    return Document(path="local/keystore.list", text=connection.credentials + NEWLINE, what=what)


def _script(connection: Connection) -> Document:
    kept = key_file(connection)
    line = f"{keystore_tool('add', '--force', '--stdin', connection.credentials)} < {kept}"
    about = f"On every node of the local cluster, in the home of Elasticsearch, with the encoded key in {kept}."
    return Document(
        path="local/keystore.sh", text=script(line, about=about), what="stores the key in the keystore of a node"
    )


def take_up(connection: Connection, *, restarted: bool) -> Step:
    """Bring the key into use: by itself at Elastic Cloud and on ECK, by a call or a restart else, by the release.

    ``restarted`` says that settings of a file changed too, so that the nodes have to be restarted anyhow.
    """
    title, release = "Have the key taken up", connection.local.release
    if connection.local.kind is Kind.ECK:
        return Step(title=title, text="The operator brings it to the nodes, and restarts them where that is needed.")
    if connection.local.at_cloud:
        if release < KEYSTORE_RELOAD.since:
            text = f"Restart Elasticsearch in the Actions menu of the local deployment: {release} reads keys when it starts alone."
        else:
            text = f"Nothing is to be done from {KEYSTORE_RELOAD.since} on: the keystore is read again by itself.{_open_question(connection)}"
        return Step(title=title, text=text)
    if restarted:
        return Step(
            title=title,
            text=f"{restarted_in_turn(connection.local)} The new settings ask for it, and the key is read with them.",
        )
    if release < KEYSTORE_RELOAD_AGREED.since:
        return Step(
            title=title,
            text=f"{restarted_in_turn(connection.local)} Before {KEYSTORE_RELOAD_AGREED.since} a reload is not enough.",
        )
    return Step(title=title, text=f"Reload the keystore.{_open_question(connection)}", documents=(RELOAD_DOCUMENT,))


def _open_question(connection: Connection) -> str:
    """Where releases have trouble with keys that come while they run (docs disagree on 8.13; repaired in 8.15.2)."""
    if connection.local.release >= KEYSTORE_RELOAD_FIXED.since:
        return ""
    return (
        f" Before {KEYSTORE_RELOAD_FIXED.since} that is not certain: if `GET _remote/info` shows no `cluster_credentials` for the alias "
        "once it is registered, restart."
    )

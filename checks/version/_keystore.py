"""When a key that was put into the keystore comes into use."""

from __future__ import annotations

from checks.shared.fixes import Remedy, call, on_local
from diag.check import NotApplicable, Unknown
from diag.model import (
    RELOAD,
    Keystore,
    Kind,
    LocalCluster,
    Remote,
    Unavailable,
)


def is_stored(remote: Remote, keystore: Keystore | Unavailable) -> bool | NotApplicable | Unknown:
    """Tell whether there is a key for the remote: the list of the keystore and what the cluster itself shows both count."""
    if remote.keystore_credential or (isinstance(keystore, Keystore) and keystore.has_key(remote.alias)):
        return True
    if isinstance(keystore, Unavailable) and remote.keystore_credential is None:
        return Unknown(str(keystore), piece=keystore)
    return NotApplicable("there is no key for this remote in the keystore")


def restart(cluster: LocalCluster, *, disputed: bool, needed: bool) -> Remedy:
    when = "" if needed else "After a change of the key: "
    hosted = cluster.kind in {Kind.HOSTED, Kind.ECE}
    how = (
        "restart Elasticsearch in the Actions menu of the local deployment"
        if hosted
        else "restart the nodes of the local cluster, one after the other"
    )
    if disputed:
        how = f"reload the keystore, and if the list of remotes shows no cluster_credentials then, {how}"
    sentence = f"{when}{how}."
    listing = call("GET", "_remote/info")
    return Remedy(sentence[0].upper() + sentence[1:], on_local(RELOAD, listing) if disputed else ())

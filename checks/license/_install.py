"""How a license gets on a cluster, by who runs that cluster."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import Remedy, call, on_local, on_remote
from diag.model import Kind, LocalCluster, Remote

_GET_LICENSE: Final = call("GET", "_license")
_PUT: Final = call("PUT", "_license", {"licenses": ["<the object license of the license file>"]})


def install(level: str, whose: str, cluster: LocalCluster, remote: Remote, *, compare: bool = False) -> Remedy:
    """Install a license on the ``local`` or the ``remote`` cluster. ``compare``: which one it has is not known yet."""
    kind, on = (cluster.kind, on_local) if whose == "local" else (remote.kind, on_remote)
    first = (_GET_LICENSE,) if compare else ()
    match kind:
        case Kind.HOSTED:
            sentence = f"In the Elastic Cloud Console, choose a subscription with {level} for the {whose} deployment."
            return Remedy(sentence, on(*first))
        case Kind.ECE:
            sentence = f"Upload {level} in the Cloud UI of the ECE installation that runs the {whose} cluster."
            return Remedy(sentence, on(*first))
        case Kind.ECK:
            sentence = (
                f"Put {level} into a secret with the label license.k8s.elastic.co/scope: operator, in the namespace of the "
                f"operator that runs the {whose} cluster."
            )
            return Remedy(sentence, on(*first))
        case _:
            return Remedy(f"Install {level} on the {whose} cluster.", on(*first, _PUT))

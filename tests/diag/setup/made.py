"""Answers as somebody would give them, for every pair of platforms and both models."""

from __future__ import annotations

import itertools
from typing import Final

from diag.setup import Connection, to_connection
from tests.pki import new_ca

KINDS: Final = ("hosted", "ece", "eck", "self_managed")
MODELS: Final = ("api_key", "certificate")
COMBINATIONS: Final = tuple(itertools.product(MODELS, KINDS, KINDS))
CA: Final = new_ca("House CA").pem.decode()

_CLOUD_IDS = {"local": ("a" * 32, "1053523734"), "remote": ("b" * 32, "1053523735")}
_OWN_IDS = {"local": ("search", "house"), "remote": ("logs", "house")}
_NODES = {
    "local": ("es-1,es-1.example,10.0.1.1",),
    "remote": ("node1,node1.example,10.0.0.1", "node2.example,node2.example,2001:db8::2"),
}


def answers(model: str, local: str, remote: str, **more: str | tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    """Complete answers; more of them replace these."""
    found: dict[str, str | tuple[str, ...]] = {
        "security_model": model,
        "alias": "logs",
        "address": ("logs.example",),
        "search": ("logs-*", "audit"),
        "replicate": ("orders-*",),
    }
    for side, kind in (("local", local), ("remote", remote)):
        cluster, scope = (_CLOUD_IDS if kind in {"hosted", "ece"} else _OWN_IDS)[side]
        found |= {f"{side}_kind": kind, f"{side}_release": "8.19.0", f"{side}_cluster": cluster, f"{side}_scope": scope}
        found |= {f"{side}_node": _NODES[side], f"{side}_ca": CA} if kind in {"eck", "self_managed"} else {}
    return found | more


def made(model: str, local: str, remote: str, **more: str | tuple[str, ...]) -> Connection:
    """The connection of these answers."""
    return to_connection(answers(model, local, remote, **more))

"""Whether the chain of the peer leads to a CA that the local cluster trusts, and whether all nodes present the same."""

from __future__ import annotations

from diag.model import (
    Trust,
    listed,
)


def trusted(trust: Trust) -> str:
    if trust.public_roots:
        own = f", and of the nodes' own {listed([one.subject for one in trust.own])}" if trust.own else ""
        return f"the public roots (no CA is configured){own}"
    return (
        listed([f"{ca.subject} ({file.path})" for file in trust.files for ca in file.certificates]) or "nothing at all"
    )

"""Bodies of requests that Elasticsearch refuses: what is wrong in each, at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diag.model import Finding, KeyBody, RoleBody


def refusals(bodies: Iterable[KeyBody] | Iterable[RoleBody], what: str) -> Iterator[Finding]:
    """A finding for everything that bodies are refused for; ``what`` is what they make, as a sentence calls it."""
    for one in (one for body in bodies for one in body.refused):
        yield Finding(
            summary=f"Elasticsearch refuses this {what} with 400: {one.message}; expected {one.expected}.",
            remedy="Correct the body at that place.",
            facts={"observed": one.message, "expected": one.expected},
            origin=one.origin,
        )

"""What a document knows of the remotes that others register: all of a few, of very many those that can be meant."""

from __future__ import annotations

from diag.documents.elsewhere import elsewhere_of


def named(aliases: list[str], own: tuple[str, ...], keystore: list[str] | None = None) -> list[str]:
    """The aliases of the others."""
    return [one.alias for one in elsewhere_of(set(aliases), keystore)(own)]


def test_of_a_few_all_are_known() -> None:
    """In their order, and never its own."""
    assert named(["c", "a", "b"], ("b",)) == ["a", "c"]


def test_of_many_those_that_are_alike_or_have_a_key() -> None:
    """A slip of the same letters is seen, and so is a remote that the keystore names; memory does not grow with the square."""
    many = [f"remote{i}" for i in range(1000)]
    keys = ["cluster.remote.remote7.credentials"]
    assert named([*many, "Logs-EU", "logs_eu"], ("logs_eu",), keys) == ["remote7", "Logs-EU"]
    assert named(many, ("remote7",), keys) == []

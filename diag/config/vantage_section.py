"""The sections ``vantage_points`` and ``scheduler``: from where else clusters are looked at, and how those who look there connect."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self

from diag.config.base import Model, is_nothing
from diag.config.config_problems import Key, Problem, path_of, shown
from diag.config.form import Field, model_validator
from diag.config.readers import refuse
from diag.config.secrets import FilledSecret
from diag.config.values import File, Listen, Name, OptionalItems, Text
from diag.config.yaml_source import Tree
from diag.text import did_you_mean

ALL: Final = "all"  # In place of names: every vantage point that there is.


class VantagePoint(Model):
    """A place that remotes are looked at from: a network in which ``diag worker`` runs."""

    name: Name = Field(description="How clusters, remotes, reports and metrics call it.")
    description: Text = Field(default="", description="Where it is, for readers.")
    taken_over_by: OptionalItems[Name] = Field(
        default=(),
        description="Other vantage points that may look in its place while it is away, in this order. Left out: none; then its remotes are unknown.",
    )


class SchedulerSection(Model):
    """Where workers of vantage points connect to the daemon, by mutual TLS."""

    listen: Listen = Field(default="127.0.0.1:8786", description="host:port for workers.")
    ca: File | None = Field(
        default=None,
        description="The CA, used for nothing else, whose certificates workers and daemon show each other.",
    )
    certificate: File | None = Field(default=None, description="The certificate that the daemon shows, as PEM.")
    key: FilledSecret | None = Field(default=None, description="Its private key, as PEM without a passphrase.")

    @property
    def with_tls(self) -> bool:
        """Whether workers have to show a certificate."""
        return self.ca is not None

    @model_validator(mode="after")
    def _protected(self) -> Self:
        given = [one is not None for one in (self.ca, self.certificate, self.key)]
        if any(given) and not all(given):
            msg = "expected ca, certificate and key together"
            raise refuse(msg)
        if not any(given) and not is_loopback(self.listen.rpartition(":")[0]):
            msg = "expected ca, certificate and key: without them listen has to be a loopback address such as 127.0.0.1:8786"
            raise refuse(msg)
        return self


def is_loopback(host: str) -> bool:
    """Whether a host is an address of this machine that no other reaches."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def expanded(names: Iterable[str], known: Iterable[VantagePoint]) -> tuple[str, ...]:
    """The names of vantage points, each once, with all of them in place of ``all``."""
    every = tuple(one.name for one in known)
    return tuple(dict.fromkeys(name for given in names for name in (every if given == ALL else (given,))))


def wrong_vantage_points(tree: Tree, file: str) -> Iterator[Problem]:
    """What names a vantage point that there is not, and vantage points that nobody can connect for."""
    section = tree.at(("vantage_points",))
    entries = section if isinstance(section, list) else []
    names = (one.get("name") for one in entries if isinstance(one, Mapping))
    known = list(dict.fromkeys(str(name) for name in names if isinstance(name, str) and name != ALL))
    if entries and not isinstance(tree.at(("scheduler",)), Mapping):
        message = "expected the section scheduler too: it says where the workers of vantage points connect"
        yield _problem(tree, file, ("vantage_points",), message)
    for index, one in enumerate(entries):
        if isinstance(one, Mapping):
            yield from _in_entry(tree, file, index, known)
    for key in _places(tree):
        for at, name in _named(tree, key):
            if name != ALL and name not in known:
                yield _problem(tree, file, at, _unknown(name, [*known, ALL] if known else known))
            elif not known:
                yield _problem(tree, file, at, _unknown(name, known))


def _in_entry(tree: Tree, file: str, index: int, known: list[str]) -> Iterator[Problem]:
    own = tree.at(("vantage_points", index, "name"))
    if own == ALL:
        message = f"expected another name: {ALL} stands for every vantage point"
        yield _problem(tree, file, ("vantage_points", index, "name"), message)
    for at, name in _named(tree, ("vantage_points", index, "taken_over_by")):
        if name == own:
            yield _problem(tree, file, at, "expected another vantage point than itself")
        elif name not in known:
            yield _problem(tree, file, at, _unknown(name, known))


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return "expected the section vantage_points, which names them"
    hint = did_you_mean(name, known)
    return f"expected one of vantage_points: {', '.join(known)}{'; ' if hint else ''}{hint}"


def _places(tree: Tree) -> Iterator[Key]:
    """Where clusters, remotes and sources of clusters say from where they are looked at."""
    for index, cluster in enumerate(_list(tree.at(("clusters",)))):
        yield ("clusters", index, "vantage_points")
        remotes = cluster.get("remotes") if isinstance(cluster, Mapping) else None
        yield from (("clusters", index, "remotes", one, "vantage_points") for one in range(len(_list(remotes))))
    yield from (("discover", one, "cluster", "vantage_points") for one in range(len(_list(tree.at(("discover",))))))


def _named(tree: Tree, key: Key) -> Iterator[tuple[Key, str]]:
    value = tree.at(key)
    if isinstance(value, str) and not is_nothing(value):
        yield key, str(value)
    for index, one in enumerate(_list(value)):
        if isinstance(one, str):
            yield (*key, index), str(one)


def _list(value: Any) -> list[Any]:  # noqa: ANN401 -- whatever the file holds.
    return value if isinstance(value, list) else []


def _problem(tree: Tree, file: str, key: Key, message: str) -> Problem:
    line, column = tree.place(key)
    value = tree.at(key)
    text = shown(key, value) if isinstance(value, str) else None
    return Problem(file=file, line=line, column=column, path=path_of(key), value=text, message=message)

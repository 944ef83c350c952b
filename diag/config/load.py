"""From a file to a ``Config``: everything that is wrong with it at once, each with its place."""

from __future__ import annotations

import os
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from diag.config.base import Loading, Model, is_nothing
from diag.config.config_problems import ConfigError, Key, Problem, is_secret_key, path_of, shown
from diag.config.form import Section
from diag.config.platforms import without_platform
from diag.config.readers import Fault, ValidationError
from diag.config.regular_files import read_regular, why
from diag.config.schema import Config
from diag.config.vantage_section import wrong_vantage_points
from diag.config.yaml_source import Tree, read_tree
from diag.text import MASK, nearest

STANDARD_INPUT = "<standard input>"
_MAX_FILE_BYTES = 8 * 1024 * 1024
_MAX_KEYS_LISTED = 20
_Model = TypeVar("_Model", bound=Model)


def load_config(
    path: Path, environment: Mapping[str, str] | None = None, *, lenient: bool = False, data: bytes | None = None
) -> Config:
    """Read a configuration file, and see that the files and secrets it names are there, unless it is read leniently.

    ``-`` is standard input; ``data`` is what the file holds, where somebody has read it already. Paths of the result are absolute, taken from the folder of the file, or from the working folder.
    Raises ConfigError with everything that is wrong.
    """
    file = STANDARD_INPUT if str(path) == "-" else str(path)
    tree = _tree(_read(path, file) if data is None else data, file)
    environment = os.environ if environment is None else environment
    loading = Loading(
        file=file,
        folder=path.absolute().parent,
        environment=environment,
        places=_places_kept(tree),
        lenient=lenient,
    )
    return _validated(Config, tree, loading, _ambiguities(tree, file))


def load_model(model: type[_Model], path: Path) -> _Model:
    """Read another file of settings as strictly as the configuration. Raises ConfigError with everything that is wrong."""
    file = str(path)
    data = _read(path, file)
    if not any(line.strip() and not line.lstrip().startswith(b"#") for line in data.splitlines()):
        return model()  # Nothing is said, so that everything is as it usually is.
    tree = _tree(data, file)
    return _validated(model, tree, Loading(file=file, folder=path.absolute().parent, environment=os.environ, places={}))


def _read(path: Path, file: str) -> bytes:
    try:
        return _standard_input() if str(path) == "-" else read_regular(path, _MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(file=file, message=f"expected a configuration file; it {why(error)}")]) from None


def _tree(data: bytes, file: str) -> Tree:
    tree = read_tree(data, file)
    if tree.value is None:
        raise ConfigError(tree.problems)
    return tree


def _validated(model: type[_Model], tree: Tree, loading: Loading, further: Iterable[Problem] = ()) -> _Model:
    problems = list(tree.problems)
    try:
        made = model.model_validate(tree.value, context=loading)
    except ValidationError as error:
        problems += [_problem(one, tree, loading.file, model) for one in error.faults]
    problems += further
    if problems:
        raise ConfigError(problems)
    return made


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        msg = f"is larger than {_MAX_FILE_BYTES // 1024} KiB"
        raise ValueError(msg)
    return data


def _places_kept(tree: Tree) -> dict[Key, tuple[int, int]]:
    """The places of what may name checks and clusters that there are not: known only once all of the configuration is."""
    globs = {key: place for key, place in tree.keys.items() if key[:2] == ("checks", "severity")}
    return {key: place for key, place in {**tree.values, **globs}.items() if key[:1] in {("checks",), ("maintenance",)}}


def _problem(fault: Fault, tree: Tree, file: str, model: type[Section]) -> Problem:
    """Say what is wrong in the words and at the place of the file."""
    key = tree.written(fault.loc)
    kind, value = fault.kind, tree.at(key)
    line, column = tree.place(key)
    path, text = path_of(key), None
    if kind == "missing":
        message = f"expected the key {key[-1]}, which is not there"
        path = path_of(key[:-1])
    elif kind == "extra_forbidden":
        line, column = tree.keys.get(key, (line, column))
        path, message = _unknown(key, model)
    elif kind == "refused":
        message = fault.message
        text = shown(key, value) if isinstance(value, str) and not is_nothing(value) else None
    elif kind == "too_short":
        message = "expected at least one entry"
    else:
        message = f"expected something else: {fault.message}"
    return Problem(file=file, line=line, column=column, path=path, value=text, message=message)


def _unknown(key: Key, model: type[Section]) -> tuple[str, str]:
    """The path and the message for a key that nobody knows. Under a key of secrets it may be the secret itself."""
    name, known = str(key[-1]), _keys_at(key[:-1], model)
    close = nearest(name, known)
    if close:
        return path_of(key), f"unknown key; did you mean '{close[0]}'?"
    path = f"{path_of(key[:-1])}.{MASK}" if is_secret_key(key[:-1]) else path_of(key)
    return path, f"unknown key; expected one of {', '.join(known[:_MAX_KEYS_LISTED])}"


def _keys_at(key: Key, whole: type[Section]) -> list[str]:
    model: type[Section] | None = whole
    for part in key:
        if isinstance(part, str) and model is not None:
            model = _model_in(model.model_fields[part].annotation) if part in model.model_fields else None
    return [field.alias or name for name, field in model.model_fields.items()] if model is not None else []


def _model_in(annotation: Any) -> type[Section] | None:  # noqa: ANN401 -- an annotation can be anything.
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part)) is not None), None)


def _ambiguities(tree: Tree, file: str) -> Iterator[Problem]:
    """What would make two results the same, or leave nothing to look at."""
    clusters = tree.at(("clusters",))
    there = isinstance(tree.value, dict) and "clusters" in tree.value
    if isinstance(tree.value, dict) and (clusters == [] or not there) and not tree.at(("discover",)):
        line, column = tree.place(("clusters",) if there else ())
        message = "expected at least one entry" if there else "expected the key clusters, which is not there"
        yield Problem(file=file, line=line, column=column, path="clusters" if there else "", message=message)
    yield from _duplicates(tree, file, ("discover",), "name")
    yield from _duplicates(tree, file, ("platforms",), "name")
    yield from without_platform(tree, file)
    yield from _duplicates(tree, file, ("vantage_points",), "name")
    yield from wrong_vantage_points(tree, file)
    if not isinstance(clusters, list):
        return
    yield from _duplicates(tree, file, ("clusters",), "name")
    for index, cluster in enumerate(clusters):
        key: Key = ("clusters", index)
        yield from _duplicates(tree, file, (*key, "remotes"), "alias")
        if isinstance(cluster, dict) and not {"remotes", "url"} & cluster.keys():
            line, column = tree.place(key)
            message = "expected remotes, or the url of a cluster to read them from"
            yield Problem(file=file, line=line, column=column, path=path_of(key), message=message)


def _duplicates(tree: Tree, file: str, key: Key, name: str) -> Iterator[Problem]:
    """Find entries of a list that have the same name."""
    entries, lines = tree.at(key), dict[str, int]()
    for index in range(len(entries) if isinstance(entries, list) else 0):
        at = (*key, index, name)
        text = tree.at(at)
        if not isinstance(text, str):
            continue
        line, column = tree.place(at)
        if text in lines:
            message = f"expected each {name} once; line {lines[text]} has it too"
            yield Problem(file=file, line=line, column=column, path=path_of(at), value=shown(at, text), message=message)
        lines.setdefault(str(text), line)

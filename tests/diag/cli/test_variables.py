"""Every option is an environment variable, too: each one is walked, not a list that somebody keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.core import ParameterSource

from diag.cli import program
from diag.cli.command_options import Duration, HostPort
from diag.cli.setup_alerts import PrometheusTime
from diag.cli.shard_option import ShardType
from diag.cli.workers_option import WorkersType
from tests.clilib import diag

CONFIG = "clusters: [{name: a, keystore: [], remotes: [{alias: b, mode: proxy, proxy_address: '127.0.0.1:1'}]}]\n"


def commands(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    """Every command that there is, those of groups and hidden ones too, each in a context of its own."""
    context = click.Context(command, parent, name)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None, below
            yield from commands(found, context, below)
    else:
        yield context


CONTEXTS = {one.command_path.removeprefix("diag "): one for one in commands(program, None, "diag")}
OPTIONS = [(path, one) for path, context in CONTEXTS.items() for one in context.command.params if isinstance(one, click.Option)]  # fmt: skip


def name_of(path: str, option: click.Option) -> str:
    """The rule: DIAG, the command, the long name. ``--config`` and ``--listen`` mean the same to every command that has them."""
    long = max(option.opts, key=len)
    if long in {"--config", "--listen"}:
        return f"DIAG_{long.strip('-').upper()}"
    return f"DIAG_{path}_{long.strip('-')}".upper().replace("-", "_").replace(" ", "_")


def value_for(option: click.Option, folder: Path) -> str:
    """A value that is not the default."""
    if option.is_flag or option.count:
        return "0" if option.default is True else "1"
    value = "value-of-the-variable"
    match option.type:
        case click.Choice(choices=choices):
            value = str(next(one for one in reversed(choices) if one != option.default))
        case Duration() | PrometheusTime():
            value = "90s"
        case click.IntRange() | click.FloatRange():
            value = "17"
        case HostPort():
            value = "192.0.2.1:9999"
        case ShardType():
            value = "2/5"
        case WorkersType():
            value = "3"
        case click.Path(file_okay=file_okay):
            (folder / "value").write_text("x")
            value = str(folder / "value") if file_okay else str(folder)
    return value


def parsed(context: click.Context, arguments: list[str]) -> click.Context:
    """Parse as the program does; what a command requires besides is given."""
    command = context.command
    required: list[str] = []
    for one in command.params:
        if isinstance(one, click.Argument) and one.required:
            required.append(str(one.type.choices[0]) if isinstance(one.type, click.Choice) else "argument")
        elif isinstance(one, click.Option) and one.required and not set(one.opts) & set(arguments):
            required += [one.opts[0], "https://required.example:9200"]
    return command.make_context(context.info_name, [*arguments, *required], parent=context.parent)


def test_the_walk_finds_the_commands() -> None:
    """As many as there are, and none is walked by accident only."""
    assert {"run", "daemon", "probe", "lint", "discover", "setup connection", "checks list", "config schema"} <= set(
        CONTEXTS
    )
    assert len(OPTIONS) > 90


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=[f"{path} {one.opts[-1]}" for path, one in OPTIONS])
def test_the_variable_of_an_option_does_what_the_option_does(
    path: str, option: click.Option, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same value, told apart only by where it came from; the help of the command names the variable."""
    context, name, value = CONTEXTS[path], name_of(path, option), value_for(option, tmp_path)
    assert option.name is not None
    monkeypatch.delenv("DIAG_CONFIG", raising=False)
    without = parsed(context, [])
    words = option.secondary_opts if value == "0" else option.opts
    typed = [words[-1]] if option.is_flag or option.count else [words[-1], value]
    by_option = parsed(context, typed)
    if not option.required:
        monkeypatch.setenv(name, value)
        by_variable = parsed(context, [])
        assert by_variable.get_parameter_source(option.name) is ParameterSource.ENVIRONMENT
        assert by_variable.params[option.name] == by_option.params[option.name]
        assert by_variable.params[option.name] != without.params[option.name]
        monkeypatch.setenv(name, "")
        assert parsed(context, []).params == without.params, "an empty variable is none"
    assert name in " ".join(context.command.get_help(context).split())


def test_two_options_never_share_a_variable() -> None:
    """Except the two that mean the same everywhere."""
    names = [name_of(path, one) for path, one in OPTIONS]
    assert {name for name in names if names.count(name) > 1} == {"DIAG_CONFIG", "DIAG_LISTEN"}
    assert "DIAG_DEBUG" not in names


@pytest.mark.parametrize(
    ("name", "value", "arguments", "expected"),
    [
        ("DIAG_RUN_FORMAT", "json", ("run",), lambda text: json.loads(text)["tool"]["name"] == "diag"),
        ("DIAG_CHECKS_LIST_ONLY", "tls/expired tls/weak-key", ("checks", "list"), lambda text: text.count("tls/") == 2),
        ("DIAG_CONFIG_SCHEMA_REPORT", "1", ("config", "schema"), lambda text: "root_causes" in text),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_whole_program_reads_it(
    name: str, value: str, arguments: tuple[str, ...], expected: Any, tmp_path: Path
) -> None:
    """Through groups and without them; several values stand with spaces between them."""
    (tmp_path / "diag.yaml").write_text(CONFIG)
    result = diag(*arguments, environment={"DIAG_CONFIG": str(tmp_path / "diag.yaml"), name: value})
    assert expected(result.stdout), result.output


def test_the_command_line_goes_first(tmp_path: Path) -> None:
    """A variable is what holds where nothing is typed."""
    (tmp_path / "diag.yaml").write_text(CONFIG)
    result = diag(
        "run", "--format", "json", environment={"DIAG_CONFIG": str(tmp_path / "diag.yaml"), "DIAG_RUN_FORMAT": "junit"}
    )
    assert json.loads(result.stdout)


def test_a_required_option_may_come_from_its_variable() -> None:
    """It is read, and found wanting for what it says, not for being absent."""
    result = diag("discover", environment={"DIAG_DISCOVER_CLUSTER_URL": "ftp://nothing"})
    assert result.exit_code == 2
    assert "ftp://nothing" in result.stderr


def test_a_bad_value_is_refused_by_the_name_of_its_variable() -> None:
    """Who did not type it has to learn where it stands."""
    result = diag("run", environment={"DIAG_RUN_FAIL_ON": "sometimes"})
    assert result.exit_code == 2
    assert "DIAG_RUN_FAIL_ON" in result.stderr

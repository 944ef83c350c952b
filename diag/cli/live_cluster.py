"""A cluster that is named on the command line by the address of its API, and the login for it: never a secret in plain."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diag.cli.command_options import EXISTING_FILE, F
from diag.cli.standard_streams import UsageError
from diag.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from diag.config import Config
    from diag.config.secrets import SecretRef

# ruff: noqa: PLC0415 -- what only a named cluster needs waits for it.

PASSWORD_VARIABLE: Final = "DIAG_PASSWORD"  # noqa: S105 -- the name of a variable.


@dataclass(frozen=True, kw_only=True)
class LiveCluster:
    """What the command line says of a cluster: the address of its API, where the login is, the CAs that are trusted for it."""

    url: str
    api_key_file: Path | None = None
    username: str | None = None
    password_file: Path | None = None
    password_variable: str | None = None
    ca: tuple[Path, ...] = ()

    def see_that_it_is_sound(self) -> None:
        """Raise click.UsageError for options that do not go together."""
        password = self.password_file is not None or self.password_variable is not None
        if not self.url and (self.api_key_file or self.username or password or self.ca):
            msg = "--api-key-file, --username, --password-file, --password-env and --ca go with --cluster-url"
            raise click.UsageError(msg)
        if self.api_key_file is not None and self.username is not None:
            msg = "--api-key-file and --username are two logins: expected one of them"
            raise click.UsageError(msg)
        if password and self.username is None:
            msg = "--password-file and --password-env go with --username"
            raise click.UsageError(msg)
        if self.password_file is not None and self.password_variable is not None:
            msg = "--password-file and --password-env: expected one of them"
            raise click.UsageError(msg)

    @functools.cached_property
    def login(self) -> dict[str, object] | None:
        """The login as the configuration takes it, asked for once where it has to be typed. Raises UsageError."""
        if self.api_key_file is not None:
            return {"api_key": {"file": self.api_key_file.absolute()}}
        if self.username is None:
            return None
        return {"username": self.username, "password": self._password()}

    @property
    def written_login(self) -> dict[str, object] | None:
        """The same as a file may hold it: by reference. A password that was typed becomes the variable that is read for it."""
        if self.username is not None:
            written = self._reference or {"env": PASSWORD_VARIABLE}
            return {"username": self.username, "password": {kind: str(where) for kind, where in written.items()}}
        return None if self.api_key_file is None else {"api_key": {"file": str(self.api_key_file.absolute())}}

    @property
    def _reference(self) -> dict[str, object] | None:
        if self.password_file is not None:
            return {"file": self.password_file.absolute()}
        if self.password_variable is not None:
            return {"env": self.password_variable}
        return {"env": PASSWORD_VARIABLE} if os.environ.get(PASSWORD_VARIABLE) else None

    def _password(self) -> SecretRef:
        from diag.config.secrets import Secret, SecretError, SecretRef, TypedSecret

        if self._reference is None and not _is_terminal():
            msg = (
                "--username: expected the password in --password-file FILE, in the variable of --password-env NAME or"
                f" {PASSWORD_VARIABLE}, or a terminal to ask for it"
            )
            raise UsageError(msg)
        try:
            if self._reference is None:
                typed = click.prompt(f"Password of {self.username}", hide_input=True, err=True)
                return TypedSecret.of(Secret(typed))
            reference = SecretRef.model_validate(self._reference)
            reference.resolve()
        except (SecretError, ValueError) as error:
            detail = error.detail if isinstance(error, SecretError) else "expected the name of a variable"
            msg = f"the password of --username: {detail}"
            raise UsageError(msg) from None
        return reference


def _login_options(function: F) -> F:
    """Add the options of the login, and the CAs."""
    options = (
        click.option("--api-key-file", type=EXISTING_FILE, metavar="FILE", help="Holds the encoded API key for URL."),
        click.option("--username", metavar="NAME", help="In place of a key: the user for URL."),
        click.option("--password-file", type=EXISTING_FILE, metavar="FILE", help="Holds the password of that user."),
        click.option(
            "--password-env",
            "password_variable",
            metavar="VARIABLE",
            help=f"The variable with that password. Left out: {PASSWORD_VARIABLE}, else it is asked for.",
        ),
        click.option("--ca", multiple=True, type=EXISTING_FILE, metavar="FILE", help="CAs trusted for URL."),
    )
    # click shows last what was added first.
    for option in reversed(options):
        function = option(function)
    return function


def live_cluster_options(*, or_else: bool = False) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add the options that name a cluster; the command takes them as ``live``, None where none is named.

    ``or_else``: the login may be that of something else, which the command sees to; ``live`` is then there with an empty url.
    """

    def add(function: Callable[..., int]) -> Callable[..., int]:
        @click.option(
            "--cluster-url",
            "url",
            metavar="URL",
            help="The API of one cluster, which reports its remotes: no configuration is needed.",
        )
        @_login_options
        @functools.wraps(function)
        def command(
            *,
            url: str | None,
            api_key_file: Path | None,
            username: str | None,
            password_file: Path | None,
            password_variable: str | None,
            ca: tuple[Path, ...],
            **rest: object,
        ) -> int:
            live = LiveCluster(
                url=url or "",
                api_key_file=api_key_file,
                username=username,
                password_file=password_file,
                password_variable=password_variable,
                ca=ca,
            )
            if url is not None or not or_else:
                live.see_that_it_is_sound()
            return function(live=live if url is not None or or_else else None, **rest)

        return command

    return add


def config_for(live: LiveCluster) -> Config:
    """Make the configuration of one cluster whose remotes are read from itself. Raises UsageError."""
    from urllib.parse import urlsplit

    from diag.config import Config
    from diag.config.readers import ValidationError
    from diag.text import mask_userinfo, shown

    cluster: dict[str, object] = {"name": urlsplit(live.url).hostname or "cluster", "url": live.url}
    try:
        Config.model_validate({"clusters": [cluster]})
    except ValidationError:
        msg = f"--cluster-url {shown(mask_userinfo(live.url), 80)!r}: expected http(s)://host:port of Elasticsearch, without user, query or path of a call"
        raise UsageError(msg) from None
    if live.login is not None:
        cluster["auth"] = live.login
    if live.ca:
        cluster["ca"] = tuple(path.absolute() for path in live.ca)
    try:
        return Config.model_validate({"clusters": [cluster]})
    except ValidationError as error:
        # What was typed is a name or a secret: neither is repeated.
        msg = f"the login for --cluster-url: {error.faults[0].message}"
        raise UsageError(shown(msg, 300)) from None


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()

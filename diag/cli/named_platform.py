"""A platform that is named on the command line: one of the configuration, or one by the address of its API."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diag.cli.live_cluster import LiveCluster
from diag.cli.standard_streams import UsageError
from diag.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from diag.config import Config

# ruff: noqa: PLC0415 -- what only a named platform needs waits for it.

# The kinds that take a key, written out so that --help loads none of diag.config. A test compares.
PLATFORM_KINDS: Final = ("ech", "ece")


@dataclass(frozen=True, kw_only=True)
class NamedPlatform:
    """What the command line says of a platform."""

    name: str | None
    url: str | None
    kind: str | None

    @property
    def is_named(self) -> bool:
        """Whether it says anything."""
        return bool(self.name or self.url)

    def see_that_it_is_sound(self, live: LiveCluster) -> None:
        """Raise click.UsageError for options that do not go together; ``live`` holds the login, and the cluster that may be named instead."""
        if [bool(live.url), bool(self.name), bool(self.url)].count(True) != 1:
            msg = "expected one of --cluster-url, --platform and --platform-url"
            raise click.UsageError(msg)
        if self.kind is not None and not self.url:
            msg = "--platform-kind goes with --platform-url"
            raise click.UsageError(msg)
        by_password = live.username or live.password_file or live.password_variable
        if self.url and (live.api_key_file is None or by_password):
            msg = "--platform-url goes with --api-key-file, and with no user: a platform takes a key"
            raise click.UsageError(msg)
        if self.name and (live.api_key_file or live.ca or by_password):
            msg = "--platform takes key and CAs from the configuration: expected no login"
            raise click.UsageError(msg)

    def configured(self, live: LiveCluster, config_path: Path) -> Config:
        """Give the configuration with this platform alone. Raises UsageError, or what loading the file raises."""
        from diag.cli.choice import read_config
        from diag.text import shown

        if self.url is not None:
            return self._by_address(live)
        config = read_config(config_path)
        chosen = tuple(one for one in config.platforms if one.name == self.name)
        if not chosen:
            known = ", ".join(one.name for one in config.platforms) or "there is none"
            msg = f"--platform {shown(self.name or '', 80)!r}: expected one of platforms: {known}"
            raise UsageError(msg)
        return config.model_copy(update={"platforms": chosen})

    def _by_address(self, live: LiveCluster) -> Config:
        from urllib.parse import urlsplit

        from diag.config import Config
        from diag.config.readers import ValidationError
        from diag.text import mask_userinfo, shown

        platform = {
            "name": urlsplit(self.url or "").hostname or "platform",
            "kind": self.kind or PLATFORM_KINDS[0],
            "url": self.url,
            "api_key": {"file": live.api_key_file.absolute() if live.api_key_file else None},
            "ca": tuple(path.absolute() for path in live.ca),
        }
        try:
            return Config.model_validate({"platforms": [platform]})
        except ValidationError:
            msg = f"--platform-url {shown(mask_userinfo(self.url or ''), 80)!r}: expected http(s)://host:port of the API, without user or query"
            raise UsageError(msg) from None


def named_platform_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that name a platform; the command takes them as ``platform``."""

    @click.option("--platform", "name", metavar="NAME", help="A platform of the configuration: all its deployments.")
    @click.option("--platform-url", "address", metavar="URL", help="The API of a platform, with --api-key-file.")
    @click.option(
        "--platform-kind",
        "kind",
        type=click.Choice(PLATFORM_KINDS),
        help="ech: Elastic Cloud Hosted; ece: Elastic Cloud Enterprise. Left out: ech.",
    )
    @functools.wraps(function)
    def command(*, name: str | None, address: str | None, kind: str | None, **rest: object) -> int:
        return function(platform=NamedPlatform(name=name, url=address, kind=kind), **rest)

    return command

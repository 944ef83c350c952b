"""``diag health``: whether a daemon is alive, for the health check of a container or a supervisor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diag.cli.command_options import DURATION, config_option, listen_option
from diag.cli.standard_streams import print_error

if TYPE_CHECKING:
    import http.client

# ruff: noqa: PLC0415 -- as in every command: what it needs waits until it runs.

DEAD: Final = 1
_WILDCARDS: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}  # noqa: S104 -- nothing is bound here.
_NEITHER: Final = "it speaks neither HTTP nor TLS"
_NOT_FOUND, _SERVER_ERROR, _BUSY = 404, 500, 503


@click.command()
@config_option
@listen_option("Where the daemon listens; left out, daemon.listen of the configuration.")
@click.option("--timeout", type=DURATION, default="2s", show_default=True, help="How long it may take to answer.")
def health(config_path: Path, listen: tuple[str, int] | None, timeout: float) -> int:
    """Say whether the daemon that listens there is alive: exit code 0, or 1 and why not."""
    if listen is None:
        from diag.cli.choice import read_config

        listen = read_config(config_path, lenient=True).daemon.address
    host, port = _WILDCARDS.get(listen[0], listen[0]), listen[1]
    why_not = _why_dead(host, port, timeout)
    if why_not:
        print_error(f"no daemon is alive at {f'[{host}]' if ':' in host else host}:{port}: {why_not}")
    return DEAD if why_not else 0


def _why_dead(host: str, port: int, timeout: float) -> str:
    """Why nobody who is alive answers there, or an empty text. Whoever speaks HTTP or TLS at all is: a login is not asked for."""
    import http.client

    try:
        return _why_bad(_status(http.client.HTTPConnection(host, port, timeout=timeout)))
    except ConnectionRefusedError:
        return "the connection is refused"
    except (http.client.HTTPException, ConnectionError):
        return _why_dead_with_tls(host, port, timeout)
    except TimeoutError:
        return f"it did not answer within {timeout:g} s"
    except OSError as error:
        return error.strerror or type(error).__name__


def _why_dead_with_tls(host: str, port: int, timeout: float) -> str:
    """The same, where HTTP in clear is not answered. Whose certificate is shown does not matter: nothing that is secret is sent."""
    import http.client
    import ssl

    trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 -- as said.
    connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=trusting)
    try:
        connection.connect()
    except ssl.SSLError as refusal:
        # An alert is an answer, too.
        return "" if "ALERT" in (refusal.reason or "") else _NEITHER
    except OSError:
        return _NEITHER
    try:
        return _why_bad(_status(connection))
    except (http.client.HTTPException, OSError):
        return ""  # TLS stands. What ends it now is that it wants a client certificate.


def _why_bad(status: int) -> str:
    bad = status == _NOT_FOUND or (status >= _SERVER_ERROR and status != _BUSY)
    return f"its answer has the status {status}" if bad else ""


def _status(connection: http.client.HTTPConnection) -> int:
    try:
        connection.request("GET", "/-/healthy", headers={"Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()

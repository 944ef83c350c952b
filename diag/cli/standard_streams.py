"""The process around a command: where text goes, what the terminal behind it can show, and its memory."""

from __future__ import annotations

import contextlib
import gc
import os
import stat
import sys
from pathlib import Path

import click

SYMBOLS = "→·✗✓↳…"
# So many more objects are made than given back before garbage is looked for. A round makes some hundred for each remote, and
# nearly all of them stay: with the 700 of Python, looking for garbage is a tenth of its work.
YOUNG_OBJECTS = 20_000


class CannotWrite(click.ClickException):
    """The output could not be written: our own failure, whatever the report says."""

    exit_code = 1


class CannotRun(click.ClickException):
    """A round could not be run: our own failure."""

    exit_code = 1


class UsageError(click.ClickException):
    """What was asked for can't be done: usage or configuration."""

    exit_code = 2


def loaded() -> None:
    """Everything is imported: from here on garbage is collected, and what is there by now is not looked at again."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()


def started() -> float:
    """When the command began, by the monotonic clock: before anything that it needs was loaded."""
    moment: float = click.get_current_context().find_root().obj
    return moment


def print_error(text: str) -> None:
    """Say something on standard error, each line under our name."""
    from diag.text import visible  # noqa: PLC0415 -- rarely needed.

    lines = "".join(f"diag: {visible(line)}\n" for line in text.splitlines())
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(lines.encode(_encoding(sys.stderr), "backslashreplace").decode(_encoding(sys.stderr)))
        sys.stderr.flush()


def write_out(text: str, path: Path | None = None) -> None:
    """Write a whole output: to a file all at once or not at all, or to standard output.

    A reader that closes the pipe has seen enough: that is no failure. Raises CannotWrite for everything else.
    """
    if path is not None:
        write_file(path, text)
        return
    if sys.stdout is None:  # Where the shell closed it.
        msg = "cannot write to standard output: it is closed"
        raise CannotWrite(msg)
    encoding = _encoding(sys.stdout)
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        msg = f"cannot write to standard output: {error.strerror}"
        raise CannotWrite(msg) from None


def write_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, atomically: a reader sees the old one or the new one. Raises CannotWrite."""
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            # A pipe or a device is written to, not replaced.
            target.write_text(text, encoding="utf-8", errors="backslashreplace")
            return
        fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            with fresh.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            if target.exists():
                fresh.chmod(stat.S_IMODE(target.stat().st_mode))
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"cannot write {path}: {reason}"
        raise CannotWrite(msg) from None


def colour_wanted(*, no_color: bool) -> bool:
    """Whether standard output is a terminal for whose reader colour is welcome (https://no-color.org)."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def symbols_possible() -> bool:
    """Whether the encoding of standard output has the symbols of the report."""
    try:
        SYMBOLS.encode(_encoding(sys.stdout))
    except UnicodeEncodeError:
        return False
    return True


def columns() -> int:
    """The width of the terminal; 100 where there is none."""
    import shutil  # noqa: PLC0415 -- only where a report is printed.

    return shutil.get_terminal_size((100, 24)).columns


class Progress:
    """One line on standard error that says what is going on; nothing at all where nobody watches (``on`` is false then)."""

    def __init__(self) -> None:
        watched = sys.stderr is not None and sys.stderr.isatty()
        self.on = watched and os.environ.get("TERM") != "dumb"

    def say(self, text: str) -> None:
        """Show a text in the place of the one before."""
        if self.on:
            with contextlib.suppress(OSError):
                sys.stderr.write(f"\r\x1b[2K{text[: max(0, columns() - 1)]}")
                sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        self.say("")


def _encoding(stream: object) -> str:
    return getattr(stream, "encoding", None) or "ascii"


def _silence() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not stumble over it at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

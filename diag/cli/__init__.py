"""The command line. Only click is imported here: everything else waits until a command needs it."""

from diag.cli.app import main, program

__all__ = ["main", "program"]

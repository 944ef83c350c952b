"""The command line. Only click is imported here: everything else waits until a command needs it."""

from diag.cli.program import main, program

__all__ = ["main", "program"]

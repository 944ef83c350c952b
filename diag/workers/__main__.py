"""A worker process: ``python -m diag.workers DESCRIPTOR PARENT``, started by ``diag.workers.worker_process`` and by nobody else."""

from __future__ import annotations

import os
import signal
import sys

from diag.workers.dying import die_with_parent


def main() -> None:
    """Serve until the other end is closed."""
    # What ends the daemon ends its workers by the closed pipe, once their rounds are told: a service manager signals all of them at once.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    descriptor, parent = (int(word) for word in sys.argv[1:])
    die_with_parent()
    if os.getppid() != parent:
        return
    from diag.workers.serving_rounds import serve  # noqa: PLC0415 -- slow to load, and the parent may be gone by then.

    serve(descriptor)


if __name__ == "__main__":
    main()

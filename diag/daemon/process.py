"""The daemon as a process: start, signals, end."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import structlog

from diag import VERSION
from diag.collect import RealNetwork
from diag.config import ConfigError, load_config
from diag.config.worker_count import Workers
from diag.daemon.client_connections import Connections
from diag.daemon.looking_from import Placed, is_seen_from_elsewhere, looking_from, refuse_without_packages
from diag.daemon.own_metrics import OwnMetrics
from diag.daemon.remembering import opened_history
from diag.daemon.serve import StartError, open_socket, serve, url_of
from diag.daemon.service import Daemon
from diag.daemon.service_manager import ServiceManager
from diag.daemon.web_guard_file import WebGuardFile
from diag.daemon.web_rules import guards_of, rules_for
from diag.discovery import find
from diag.engine import Catalogue, DuplicateCheckError, load_catalogue
from diag.lazy_dataclass import dataclass
from diag.logs import set_up_logs
from diag.notify import Poster
from diag.plan import Plan, plan_of
from diag.rounds import CollectRound, Rounds, real_collector
from diag.shard import WHOLE, Shard
from diag.spare_memory import keep_giving_back
from diag.web import build_app
from diag.workers import WorkerPool, number_of_workers

# Seconds after which a thread that judges or renders lets the event loop go on. It waits for that after each call of the system, so that
# with the usual 5 ms a few such threads make it a hundred times slower.
SWITCH_SECONDS = 0.0002
THREAD_END_SECONDS = 1.0  # Seconds that threads have to end after everything else did.

log = structlog.stdlib.get_logger("diag.daemon")

OpenCollector = Callable[[], AbstractAsyncContextManager[CollectRound]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A daemon that runs, the address at which it is reached, its connections, and the tasks that end only when it ends."""

    daemon: Daemon
    url: str
    connections: Connections
    tasks: tuple[asyncio.Task[None], ...]


@contextlib.asynccontextmanager
async def running_daemon(  # noqa: PLR0913 -- one parameter for each option of the command.
    config_path: Path,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    listen: tuple[str, int] | None = None,
    web_config: Path | None = None,
    shard: Shard = WHOLE,
    workers: Workers | None = None,
    open_collector: OpenCollector = real_collector,
) -> AsyncIterator[Running]:
    """Run the daemon while this is open. Signals are left alone. ``listen``, ``web_config`` and ``workers`` go before the configuration.

    Raises ConfigError, DuplicateCheckError or StartError where it can't start.
    """
    load = partial(_load_plan, config_path, load_catalogue(), only, skip, shard)
    plan = load()
    guard = WebGuardFile(web_config or plan.config.daemon.web_config)
    where, placed = listen or plan.config.daemon.address, Placed()
    bound = open_socket(*where)
    with contextlib.closing(bound):
        async with (
            open_collector() as here,
            looking_from(plan.config, here, placed) as collect,
            opened_history(plan.config.daemon.history) as history,
            RealNetwork() as network,
        ):
            if network.shortage:
                log.warning("descriptors.few", because=network.shortage)
            own = OwnMetrics()
            number = partial(_workers, workers, open_collector)
            rounds = WorkerPool(Rounds(collect), number, stays=is_seen_from_elsewhere, noted=own.workers)
            daemon = Daemon(plan, rounds, load, history, partial(find, network=network), own)
            placed.report_to(own.vantage, daemon.look_again_from)
            rules = rules_for(bound, where[0])
            app = build_app(daemon, guards_of(guard, lambda: rules(daemon.settings)))
            server, serving = await serve(app, bound, daemon.grace, guard)
            watching = asyncio.create_task(daemon.watch(), name="watch")
            reading = asyncio.create_task(guard.watch(daemon.own.web_config_read), name="web configuration")
            url = url_of(bound, tls=guard.current.context is not None)
            counts = {"clusters": len(plan.names), "checks": len(plan.selection.checks)}
            log.info("daemon.started", url=url, shard=str(shard), version=VERSION, **counts)
            daemon.notifier.reach(url, Poster(network.resolve))
            daemon.start()
            try:
                tasks = (serving, watching, reading)
                yield Running(daemon=daemon, url=url, connections=server.connections, tasks=tasks)
            finally:
                log.info("daemon.stopping")
                server.close()
                for task in (watching, reading):
                    task.cancel()
                await daemon.stop()
                await asyncio.gather(serving, watching, reading, return_exceptions=True)
    log.info("daemon.stopped")


def _workers(wanted: Workers | None, open_collector: OpenCollector, plan: Plan) -> int:
    """The worker processes for a plan. They look at the real world; whoever looks elsewhere does it in this process."""
    if open_collector is not real_collector:
        return 0
    return number_of_workers(plan.config.daemon.workers if wanted is None else wanted, plan)


def _load_plan(path: Path, catalogue: Catalogue, only: Sequence[str], skip: Sequence[str], shard: Shard) -> Plan:
    """Load the configuration and choose the checks. Raises ConfigError with everything that is wrong."""
    plan = plan_of(load_config(path), catalogue, only, skip)
    refuse_without_packages(plan)
    return dataclasses.replace(plan, shard=shard)


def run_daemon(  # noqa: PLR0913 -- one parameter for each option of the command.
    config_path: Path,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    listen: tuple[str, int] | None = None,
    web_config: Path | None = None,
    shard: Shard = WHOLE,
    workers: Workers | None = None,
    open_collector: OpenCollector = real_collector,
) -> int:
    """Run until SIGTERM or SIGINT, and give the exit code. SIGHUP loads the configuration again.

    ``listen``, ``web_config`` and ``workers`` go before those of the configuration.
    """
    set_up_logs()
    sys.setswitchinterval(SWITCH_SECONDS)
    signal.signal(
        signal.SIGHUP, signal.SIG_IGN
    )  # One that comes before we are ready asks for what is being done anyway.
    try:
        opened = running_daemon(
            config_path,
            only=only,
            skip=skip,
            listen=listen,
            web_config=web_config,
            shard=shard,
            workers=workers,
            open_collector=open_collector,
        )
        asyncio.run(_run_until_signal(opened))
    except ConfigError as error:
        return _refuse(str(error), 2)
    except StartError as error:
        return _refuse(str(error), error.exit_code)
    except DuplicateCheckError as error:
        return _refuse(str(error), 1)
    except KeyboardInterrupt:
        return 130
    except Exception:
        log.exception("daemon.crashed")
        return 1
    _leave_threads(0)
    return 0


async def _run_until_signal(opened: AbstractAsyncContextManager[Running]) -> None:
    reported = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with opened as running:
        manager = ServiceManager(os.environ)
        reloads: set[asyncio.Task[None]] = set()

        def reload() -> None:
            task = loop.create_task(_reload(running, manager))
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        def stop() -> None:
            manager.stopping()
            reported.set()

        _obey_signals(reload, stop)
        # What was loaded to start stays for good: the collector need not look at it again, in pauses that delay rounds.
        gc.collect()
        gc.freeze()
        manager.ready(_state_of(running))
        meanwhile = (loop.create_task(manager.show_life()), loop.create_task(keep_giving_back()))
        waiting = loop.create_task(reported.wait())
        ended, _ = await asyncio.wait({waiting, *running.tasks}, return_when=asyncio.FIRST_COMPLETED)
        for one in meanwhile:
            one.cancel()
        for task in ended - {waiting}:
            waiting.cancel()
            task.result()
            msg = f"the task {task.get_name()} ended"
            raise RuntimeError(msg)


def _obey_signals(reload: Callable[[], None], stop: Callable[[], None]) -> None:
    """SIGHUP reloads, SIGTERM and SIGINT stop. From then on the system's own handling holds: a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        log.info("daemon.signal", signal=signal.Signals(number).name)
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)
            signal.signal(one, signal.SIG_DFL)
        loop.remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        stop()

    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)


async def _reload(running: Running, manager: ServiceManager) -> None:
    async with manager.reload():
        with contextlib.suppress(ConfigError):  # Logged, counted and on the status page already.
            await running.daemon.reload()
        manager.ready(_state_of(running))


def _state_of(running: Running) -> str:
    """The state of the service in a line."""
    return " ".join((f"serving at {running.url}.", *running.daemon.notes))


def _refuse(text: str, exit_code: int) -> int:
    sys.stderr.write("".join(f"diag: {line}\n" for line in text.splitlines()))
    return exit_code


def _leave_threads(exit_code: int) -> None:
    """Do not wait at the end for a thread that is stuck in a name lookup of the operating system: nothing depends on it."""
    until = time.monotonic() + THREAD_END_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(exit_code)

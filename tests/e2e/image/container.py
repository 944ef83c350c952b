"""A container as production has it: user of the image, read-only root, no capabilities, a network of its own that has one cable to us."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.e2e.conftest import program, shown
from tests.e2e.image.building import Image
from tests.patience import ENDS_WITHIN, PATIENCE, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container that runs."""

    name: str
    address: str
    log: Path
    process: subprocess.Popen[bytes]
    runc: tuple[str, ...]

    @property
    def pid(self) -> int:
        """The process id of the daemon, as this machine counts."""
        state = subprocess.run([*self.runc, "state", self.name], capture_output=True, text=True, check=True)
        return int(json.loads(state.stdout)["pid"])

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as ``docker exec`` and a health check do."""
        return subprocess.run(
            [*self.runc, "exec", self.name, *command], capture_output=True, text=True, check=False, timeout=ENDS_WITHIN
        )

    def signal(self, name: str) -> None:
        """Send a signal, as ``docker kill`` does."""
        subprocess.run([*self.runc, "kill", self.name, name], check=True)

    def get(self, path: str, port: int = 9643) -> str:
        """Ask from outside, as somebody does to whom the port is published."""
        with urllib.request.urlopen(f"http://{self.address}:{port}{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def until(self, event: str) -> str:
        """Wait until the log has an event."""
        with shown(self.log):
            return until(
                self.log.read_text, lambda text: event in text, what=event, alive=lambda: self.process.poll() is None
            )

    def end(self) -> int:
        """Wait for the end: the exit code."""
        return self.process.wait(timeout=PATIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What ``docker run`` is told besides: ``--user``, a command in the place of the image's, ``--tmpfs /tmp``, ``--network container:…``."""

    user: int | None = None
    command: str | None = None
    tmpfs: bool = False
    network_of: Container | None = None


AS_IT_IS: Final = How()
_TMP: Final = "/tmp"  # noqa: S108 -- of the container.


@contextlib.contextmanager
def container(image: Image, folder: Path, etc: Path, *, how: How = AS_IT_IS, **environment: str) -> Iterator[Container]:
    """Run the image with what ``etc`` holds as ``/etc/diag``, read-only, and with these variables besides its own."""
    bundle, name = folder / "bundle", f"diag-test-{os.getpid()}-{folder.name}"
    bundle.mkdir(parents=True)
    settings = json.loads((image.bundle / "config.json").read_text())
    (bundle / "config.json").write_text(json.dumps(_hardened(settings, image.bundle / "rootfs", etc, environment, how)))
    runc = (program("runc"), "--root", str(folder / "runc"))
    log = folder / "log"
    with log.open("wb") as out, subprocess.Popen([*runc, "run", "--bundle", bundle, name], stdin=subprocess.DEVNULL, stdout=out, stderr=out) as process:  # fmt: skip
        made = Container(name=name, address="", log=log, process=process, runc=runc)
        try:
            yield made
        finally:
            subprocess.run([*runc, "kill", name, "KILL"], check=False, capture_output=True)
            process.wait(60)
            subprocess.run([*runc, "delete", "--force", name], check=False, capture_output=True)


@contextlib.contextmanager
def cable(made: Container, number: int) -> Iterator[Container]:
    """Connect the network of a container with ours by two ends of a cable, as a bridge of Docker does."""
    ours, theirs, subnet = f"diag{number}a", f"diag{number}b", f"198.18.{number % 256}"
    inside = (program("nsenter"), "-t", str(made.pid), "-n", program("ip"))
    ip = program("ip")
    for command in (
        (ip, "link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", str(made.pid)),
        (ip, "address", "add", f"{subnet}.1/24", "dev", ours),
        (ip, "link", "set", ours, "up"),
        (*inside, "address", "add", f"{subnet}.2/24", "dev", theirs),
        (*inside, "link", "set", theirs, "up"),
    ):
        subprocess.run(command, check=True)
    try:
        yield Container(name=made.name, address=f"{subnet}.2", log=made.log, process=made.process, runc=made.runc)
    finally:
        # It is gone with the network of the container already, where that has ended.
        subprocess.run([ip, "link", "delete", ours], check=False, capture_output=True)


def _hardened(settings: dict[str, Any], root: Path, etc: Path, environment: dict[str, str], how: How) -> dict[str, Any]:
    """What the image says stays; the rest is what an orchestrator sets for a hardened container."""
    process, linux = settings["process"], settings["linux"]
    process.update(terminal=False, noNewPrivileges=True, capabilities={})
    process.pop("rlimits", None)
    if how.user is not None:
        process["user"] = {"uid": how.user, "gid": how.user}
    if how.command is not None:
        process["args"] = [*process["args"][:-1], how.command]  # The image has one word as its command.
    process["env"] += [f"{name}={value}" for name, value in environment.items()]
    settings["root"] = {"path": str(root), "readonly": True}
    # The control groups of the machine that runs the tests are none of ours.
    linux.pop("resources", None)
    settings["mounts"] = [one for one in settings["mounts"] if not one["destination"].startswith("/sys")]
    settings["mounts"].append(
        {"destination": "/etc/diag", "type": "none", "source": str(etc), "options": ["bind", "ro"]}
    )
    if how.tmpfs:
        settings["mounts"].append({"destination": _TMP, "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]})
    if how.network_of is not None:
        (network,) = (one for one in linux["namespaces"] if one["type"] == "network")
        network["path"] = f"/proc/{how.network_of.pid}/ns/net"
    return settings

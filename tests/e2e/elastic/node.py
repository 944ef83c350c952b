"""One node of Elasticsearch, a cluster of its own on loopback: configured, started, asked, stopped."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from diag.model import Version
from tests.e2e.conftest import free_port, program, shown
from tests.e2e.elastic.distribution import java_of, unpacked
from tests.patience import ENDS_WITHIN, PATIENCE, until
from tests.pki import Issued

PASSWORD = "a-password-of-no-worth"
USER = "diag-e2e"
_HEAP = "512m"
_FIRST_KEYS = Version(8, 10, 0)
# The first release whose elasticsearch-keystore adds several entries at once (elasticsearch#54229).
_SEVERAL_ENTRIES = Version(7, 7, 0)
_NOT_WANTED = (
    "gc.log",
    "HeapDump",
    "ErrorFile",
    "-Xms",
    "-Xmx",
    "ConcMarkSweep",
    "CMSInitiating",
    "UseCMSInit",
    "PrintGC",
    "loggc",
)


def account() -> Mapping[str, Any]:
    """Give the user to run nodes as: Elasticsearch refuses to run as root."""
    if os.getuid() != 0:
        return {}
    try:
        pwd.getpwnam(USER)
    except KeyError:
        subprocess.run([program("useradd"), "--system", "--no-create-home", USER], check=True)
    return {"user": USER, "extra_groups": []}


@dataclass
class Node:
    """A node. ``identities`` are written as ``certs/<name>.pem`` and ``.key``, ``files`` beside the configuration as they are."""

    name: str
    version: Version
    folder: Path
    settings: Mapping[str, object]
    identities: Mapping[str, Issued]
    files: Mapping[str, str]
    https_ca: Path | None = None
    http: int = field(default_factory=free_port)
    transport: int = field(default_factory=free_port)
    server: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """Where the distribution is."""
        return unpacked(self.version)

    @property
    def conf(self) -> Path:
        """Where its configuration is."""
        return self.folder / "config"

    @property
    def repository(self) -> Path:
        """Where it may keep snapshots."""
        return self.folder / "repository"

    @property
    def has_server(self) -> bool:
        """Whether the release has a remote cluster server."""
        return self.version >= _FIRST_KEYS

    def configure(self, secrets: Mapping[str, str]) -> None:
        """Write the configuration and the keystore."""
        for name in ("config/jvm.options.d", "data", "logs", "tmp", "repository"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for file in (self.home / "config").iterdir():
            if file.is_file() and file.name not in {"elasticsearch.yml", "jvm.options", "elasticsearch.keystore"}:
                shutil.copy(file, self.conf / file.name)
        lines = (self.home / "config" / "jvm.options").read_text().splitlines()
        kept = [x for x in lines if x and not x.startswith("#") and not any(word in x for word in _NOT_WANTED)]
        memory = [f"-Xms{_HEAP}", f"-Xmx{_HEAP}", "-XX:TieredStopAtLevel=1"]
        (self.conf / "jvm.options").write_text("\n".join([*kept, *memory]) + "\n")
        written = {**self._common(), **self.settings}
        (self.conf / "elasticsearch.yml").write_text("".join(f"{k}: {json.dumps(v)}\n" for k, v in written.items()))
        for name, text in self.files.items():
            (self.conf / name).write_text(text)
        for name, issued in self.identities.items():
            issued.write(self.conf / "certs", name)
        self._own()
        self._keep({"bootstrap.password": PASSWORD, **secrets})

    def _keep(self, secrets: Mapping[str, str]) -> None:
        """Write the keystore, with as few starts of Java as the release can do with."""
        at_once = [secrets] if self.version >= _SEVERAL_ENTRIES else [{name: text} for name, text in secrets.items()]
        for some in at_once:
            self._tool("add", "-f", "--stdin", *some, text="\n".join(some.values()))

    def _common(self) -> dict[str, object]:
        transport = "transport.port" if self.version.major >= 7 else "transport.tcp.port"
        settings: dict[str, object] = {
            "cluster.name": f"e2e-{self.name}",
            "node.name": f"{self.name}-1",
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "path.repo": str(self.repository),
            "network.host": "127.0.0.1",
            "http.port": self.http,
            transport: self.transport,
            "discovery.type": "single-node",
            "xpack.security.enabled": True,
            "xpack.ml.enabled": False,
            "xpack.license.self_generated.type": "trial",
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "resource.reload.interval.high": "1s",
        }
        if self.version.major < 7:
            settings |= {"bootstrap.system_call_filter": False, "xpack.monitoring.enabled": False}
        return settings

    def present(self, name: str, issued: Issued) -> None:
        """Put another certificate in the place of one; the node takes it up by itself within seconds."""
        issued.write(self.conf / "certs", name)
        self._own()

    def _own(self) -> None:
        if account():
            subprocess.run([program("chown"), "-R", USER, str(self.folder)], check=True)

    def add_secret(self, name: str, secret: str) -> None:
        """Put an entry into the keystore; a node that runs takes it up when it is told to reload."""
        self._tool("add", "-f", "--stdin", name, text=secret)

    def _environment(self) -> dict[str, str]:
        java = str(java_of(self.version))
        places = {"HOME": str(self.folder), "ES_PATH_CONF": str(self.conf), "ES_TMPDIR": str(self.folder / "tmp")}
        return {"PATH": os.environ["PATH"], "JAVA_HOME": java, "ES_JAVA_HOME": java, **places}

    def _tool(self, *arguments: str, text: str = "") -> None:
        subprocess.run(
            [self.home / "bin" / "elasticsearch-keystore", *arguments],
            input=f"{text}\n".encode(),
            env=self._environment(),
            cwd=self.folder,
            check=True,
            timeout=ENDS_WITHIN,
            capture_output=True,
            **account(),
        )

    def start(self) -> None:
        """Start without waiting."""
        with (self.folder / "console.log").open("ab") as console:
            self.process = subprocess.Popen(
                [self.home / "bin" / "elasticsearch"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=self._environment(),
                cwd=self.folder,
                start_new_session=True,
                **account(),
            )

    def wait(self) -> None:
        """Wait until the node answers; it fails with the end of what it wrote where it does not."""

        def healthy() -> bool:
            return self.ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s").status_code == 200

        with shown(self.folder / "console.log"):
            until(healthy, what=f"{self.name} {self.version}", pause=0.5, alive=self._runs)

    def _runs(self) -> bool:
        assert self.process is not None
        return self.process.poll() is None

    def ask(self, method: str, path: str, body: object = None, seconds: float = PATIENCE) -> httpx.Response:
        """Call the REST API as its superuser."""
        scheme, verify = "http", True
        context: ssl.SSLContext | bool = verify
        if self.https_ca is not None:
            scheme, context = "https", ssl.create_default_context(cafile=self.https_ca)
        with httpx.Client(verify=context, auth=("elastic", PASSWORD), timeout=seconds, trust_env=False) as client:
            return client.request(method, f"{scheme}://127.0.0.1:{self.http}{path}", json=body)

    def put_text(self, path: str, text: str) -> int:
        """Put a body as it was written, and give the status of the answer."""
        headers = {"Content-Type": "application/json"}
        with httpx.Client(auth=("elastic", PASSWORD), timeout=PATIENCE, trust_env=False) as client:
            return client.put(f"http://127.0.0.1:{self.http}{path}", content=text, headers=headers).status_code

    def comes_up(self) -> bool:
        """Tell whether it starts: True once its interface answers, whatever it says, False once its process has ended."""

        def known() -> str:
            if not self._runs():
                return "ended"
            self.ask("GET", "/", seconds=60)
            return "started"

        with shown(self.folder / "console.log"):
            return until(known, what=f"{self.name} {self.version}", pause=0.5) == "started"

    def memory(self) -> int:
        """Resident memory of its processes in MiB."""
        total = 0
        for pid in self._processes():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) // 1024
        return total

    def _processes(self) -> Sequence[int]:
        """The processes of the session that was started for the node."""
        assert self.process is not None
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.getsid(int(entry.name)) == self.process.pid:
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def stop(self) -> None:
        """Stop the processes that were started for the node, and no others."""
        if self.process is None:
            return
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._processes():
                try:
                    os.kill(pid, sent)
                except ProcessLookupError:
                    continue
            end = time.monotonic() + 60
            while self._processes() and time.monotonic() < end:
                self.process.poll()
                time.sleep(0.2)
        self.process = None

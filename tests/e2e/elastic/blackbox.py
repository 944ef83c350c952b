"""What blackbox_exporter says of the same remote: its TCP prober with the CA, the name and the client certificate of the local cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import yaml

from tests.e2e.conftest import free_port, program, running, wait_for
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME, Pair
from tests.patience import PATIENCE

_ERROR = re.compile(r'level=(?:error|info|debug)\b.*?\bmsg="?(?P<what>Error[^"]*)"?.*?\berr="(?P<why>.*)"')


@dataclass(frozen=True)
class Blackbox:
    """A running blackbox_exporter."""

    port: int

    def says(self, model: str, settings: Mapping[str, Any]) -> str:
        """Probe what the settings dial: ``up``, or ``down`` with the reason from its log."""
        target = settings.get("proxy_address") or settings["seeds"][0]
        module = f"{model} {settings.get('server_name', NAME)}"
        asked = {"module": module, "target": target, "debug": "true"}
        text = httpx.get(f"http://127.0.0.1:{self.port}/probe", params=asked, timeout=PATIENCE, trust_env=False).text
        if re.search(r"^probe_success 1$", text, re.MULTILINE):
            return "up"
        found = _ERROR.search(text)
        return f"down: {found['why']}" if found else "down"


@contextmanager
def exporter(pair: Pair, names: Iterable[str]) -> Iterator[Blackbox]:
    """Run it with a module for each security model and server name."""
    certs = pair.local.conf / "certs"
    client = {"cert_file": str(certs / "transport.pem"), "key_file": str(certs / "transport.key")}
    tls = {
        API_KEY: {"ca_file": str(pair.folder / "server-ca.pem")},
        CERTIFICATE: {"ca_file": str(pair.folder / "transport-ca.pem"), **client},
    }
    modules = {
        f"{model} {name}": {
            "prober": "tcp",
            "timeout": "20s",
            "tcp": {"tls": True, "tls_config": {**settings, "server_name": name}},
        }
        for model, settings in tls.items()
        for name in {NAME, *names}
    }
    config, port = pair.folder / "blackbox.yml", free_port()
    config.write_text(yaml.safe_dump({"modules": modules}))
    command = (
        program("prometheus-blackbox-exporter"),
        f"--config.file={config}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with running(*command, log=pair.folder / "blackbox.log"):
        wait_for(port)
        yield Blackbox(port)

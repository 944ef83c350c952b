"""The web side as foreign programs meet it: curl, openssl, a real Prometheus with TLS and login, nginx in front, promtool on the example."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import yaml

from diag.lab.pki import Issued, Spec, extended_key_usage, new_ca
from tests.e2e.conftest import fetched, free_port, printed, program, running, wait_for, wait_until_ready
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"
SERVERS, CLIENTS = new_ca("Web CA"), new_ca("Client CA")


def issue(folder: Path, stem: str, made: Issued) -> None:
    """Write a certificate with its key."""
    (folder / f"{stem}.pem").write_bytes(made.chain_pem)
    (folder / f"{stem}.key").write_bytes(made.key_pem)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Certificates of both sides, and a token."""
    (tmp_path / "ca.pem").write_bytes(SERVERS.pem)
    (tmp_path / "clients.pem").write_bytes(CLIENTS.pem)
    issue(tmp_path, "web", SERVERS.leaf("localhost", ips=("127.0.0.1",)))
    usage = extended_key_usage("client_auth")
    issue(
        tmp_path,
        "client",
        CLIENTS.issue(Spec(subject="prometheus", dns=("prometheus.example",), extended_key_usage=usage)),
    )
    (tmp_path / "token").write_text("t0ken\n")
    return tmp_path


@contextlib.contextmanager
def daemon(folder: Path, web: dict[str, Any], **settings: Any) -> Iterator[int]:
    """The daemon as a process of its own, on a remote that refuses connections; gives its port."""
    port = free_port()
    (folder / "web.yaml").write_text(yaml.safe_dump(web))
    remote = {"alias": "logs", "mode": "proxy", "proxy_address": f"127.0.0.1:{free_port()}"}
    text = {
        "clusters": [{"name": "eu", "version": "8.14.1", "remotes": [remote]}],
        "daemon": {"listen": f"127.0.0.1:{port}", "web_config": "web.yaml", **settings},
    }
    (folder / "diag.yaml").write_text(yaml.safe_dump(text))
    command = (sys.executable, "-c", "import sys; from diag.cli import main; sys.exit(main())", "daemon")
    log = folder / "daemon.log"
    with running(*command, "-c", str(folder / "diag.yaml"), log=log) as process:
        # Before the first round is over a report has no clusters.
        printed(log, r"(round\.finished)", process)
        wait_for(port)
        yield port


def guarded() -> dict[str, Any]:
    """TLS with client certificates, and a login."""
    return {
        "tls_server_config": {
            "cert_file": "web.pem",
            "key_file": "web.key",
            "client_auth_type": "RequireAndVerifyClientCert",
            "client_ca_file": "clients.pem",
            "client_allowed_sans": ["prometheus.example"],
        },
        "basic_auth_users": {"prometheus": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()},
    }


def curl(folder: Path, port: int, path: str, *options: str) -> tuple[int, str]:
    """Ask with curl: the status, 0 where there was no answer, and the body."""
    base = (
        program("curl"),
        "-sS",
        "--noproxy",
        "*",
        "--max-time",
        f"{PATIENCE:.0f}",
        "--cacert",
        str(folder / "ca.pem"),
        "-w",
        "\n%{http_code}",
    )
    done = subprocess.run(
        [*base, *options, f"https://localhost:{port}{path}"], capture_output=True, text=True, check=False
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def test_curl_and_openssl(folder: Path) -> None:
    """Without a certificate nothing, without a login nothing, with both the report; a token for what changes something."""
    shown = ("--cert", str(folder / "client.pem"), "--key", str(folder / "client.key"))
    login = ("-u", f"prometheus:{PASSWORD}")
    with daemon(folder, guarded(), tokens=[{"file": "token"}]) as port:
        assert curl(folder, port, "/report", *login)[0] == 0
        assert curl(folder, port, "/report", *shown)[0] == 401
        assert curl(folder, port, "/-/healthy", *shown) == (200, "healthy\n")
        status, body = curl(folder, port, "/report", *shown, *login)
        assert (status, json.loads(body)["clusters"][0]["name"]) == (200, "eu")
        assert curl(folder, port, "/-/reload", *shown, *login, "-X", "POST")[0] == 401
        token = ("-H", "Authorization: Bearer t0ken", "-X", "POST")
        assert curl(folder, port, "/-/reload", *shown, *token)[0] == 200
        status, body = curl(folder, port, "/run?cluster=eu", *shown, *token)
        assert (status, json.loads(body)["finished"]) == (200, True)
        assert curl(folder, port, "/run?cluster=eu", *shown, *token, "-d", "x=1")[0] == 413
        assert curl(folder, port, "/report", *shown, *login, "-H", "Host: evil.example")[0] == 421
        assert curl(folder, port, "/report", *shown, *login, "-H", "X: " + "y" * 20_000)[0] in {400, 431}
        asked = subprocess.run(
            [program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_1"],
            input="",
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode != 0
        assert "Cipher is (NONE)" in asked.stdout


def test_a_real_prometheus_scrapes_with_tls_and_login(folder: Path) -> None:
    """With its own settings for both; the very file of the daemon is good for promtool."""
    checked = subprocess.run(
        [program("promtool"), "check", "web-config", str(folder / "web.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0  # There is none yet: it does say no.
    web = guarded()
    del web["tls_server_config"]["client_allowed_sans"]  # Younger than the promtool of the distribution.
    with daemon(folder, web) as port:
        subprocess.run(
            [program("promtool"), "check", "web-config", str(folder / "web.yaml")], capture_output=True, check=True
        )
        own = free_port()
        scrape = {
            "job_name": "diag",
            "scheme": "https",
            "basic_auth": {"username": "prometheus", "password": PASSWORD},
            "tls_config": {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key"},
            "static_configs": [{"targets": [f"localhost:{port}"]}],
        }
        config = {"global": {"scrape_interval": "1s"}, "scrape_configs": [scrape]}
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        flags = (f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}")
        with running(
            program("prometheus"), *flags, f"--web.listen-address=127.0.0.1:{own}", log=folder / "prometheus.log"
        ):
            wait_until_ready(own)
            assert series(own, "diag_remote_status") == {"eu", "logs"}


def series(port: int, name: str) -> set[str]:
    """Wait for a series of a Prometheus, and give cluster and remote."""
    url = f"http://127.0.0.1:{port}/api/v1/query?query={name}"
    found = until(lambda: fetched(url)["data"]["result"], what=name)
    return {found[0]["metric"]["cluster"], found[0]["metric"]["remote"]}


def test_the_example_is_one(tmp_path: Path) -> None:
    """By the judgement of promtool, with the files that it names."""
    shutil.copy(ROOT / "web.example.yaml", tmp_path / "web.yaml")
    (tmp_path / "certs").mkdir()
    issue(tmp_path / "certs", "web", SERVERS.leaf("localhost"))
    (tmp_path / "certs" / "clients.pem").write_bytes(CLIENTS.pem)
    command = [program("promtool"), "check", "web-config", str(tmp_path / "web.yaml")]
    subprocess.run(command, check=True, capture_output=True)
    broken = re.sub("TLS13", "TLS14", (tmp_path / "web.yaml").read_text())
    (tmp_path / "web.yaml").write_text(broken)
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


def test_behind_a_reverse_proxy(folder: Path) -> None:
    """Under the name of the proxy, which has to be known; and who comes through it needs a token."""
    front = free_port()
    with daemon(folder, {}, hosts=["diag.example"], tokens=[]) as port:
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;\n"
            "events { worker_connections 64; }\n"
            "http { access_log off;\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"server {{ listen 127.0.0.1:{front}; location / {{ proxy_pass http://127.0.0.1:{port};\n"
            "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; } } }\n"
        )
        with running(program("nginx"), "-c", str(folder / "nginx.conf"), "-p", str(folder), log=folder / "nginx.log"):
            wait_for(front)
            assert ask(front, "GET", "/report", "diag.example") == 200
            assert ask(front, "GET", "/report", "other.example") == 421
            assert ask(front, "POST", "/-/reload", "diag.example") == 403
            assert ask(port, "POST", "/-/reload", "diag.example") == 200


def ask(port: int, method: str, path: str, host: str) -> int:
    """The status of one request under a name."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        sock.sendall(head.encode())
        return int(sock.makefile("rb").readline().split()[1])

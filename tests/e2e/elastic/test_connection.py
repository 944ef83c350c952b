"""The documents of ``diag setup connection``, carried out to the letter on a real pair: both models connect."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.model import Version
from tests.clilib import diag
from tests.e2e.elastic.node import PASSWORD, USER, Node, account
from tests.patience import ENDS_WITHIN, until

RELEASES = ("8.19.0", pytest.param("9.2.0", marks=pytest.mark.full))
BY_KEY, BY_CERTIFICATE = "bykey", "bycert"
OWN_CA = "elastic-stack-ca.p12"


@dataclass
class Site:
    """Two clusters with a CA each, and the documents of both models, by alias."""

    folder: Path
    release: Version
    nodes: dict[str, Node]

    def written(self, alias: str, path: str) -> Path:
        """A document of a remote."""
        return self.folder / alias / path

    def home(self, side: str) -> Path:
        """A home of Elasticsearch for this side alone: certutil reads and writes there, wherever it is started from."""
        home = self.folder / f"{side}-home"
        if not home.exists():
            shutil.copytree(self.nodes[side].home, home, copy_function=os.link)
            if account():
                shutil.chown(home, USER)  # The folder alone: its files are those of every test.
        return home

    def type(self, side: str, command: str, typed: str = "", **more: str) -> str:
        """Type a command on a node of a side, with what its programs ask for."""
        environment = {**self.nodes[side]._environment(), **more}
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.home(side),
            env=environment,
            input=typed,
            text=True,
            capture_output=True,
            timeout=ENDS_WITHIN,
            start_new_session=True,  # openssl asks the terminal of the session, and standard input where there is none.
            check=False,
            **account(),
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def write(self, alias: str, model: str, port: int) -> None:
        """Have the documents of one remote written."""
        arguments = ["--security-model", model, "--alias", alias, "--address", f"localhost:{port}", "--search", "logs*"]
        for side in ("local", "remote"):
            known = f"{side}-1,localhost,127.0.0.1"
            arguments += [
                f"--{side}-kind",
                "self_managed",
                f"--{side}-release",
                str(self.release),
                f"--{side}-node",
                known,
            ]
            arguments += [f"--{side}-cluster", side, f"--{side}-scope", "e2e"]
        result = diag("setup", "connection", *arguments, "-o", self.folder / alias)
        assert result.exit_code == 0, result.stderr

    def make_certificates(self, side: str, alias: str, name: str) -> None:
        """Run certificates.sh, and put what it makes where the checklist says, under the name that it says."""
        home, certs = self.home(side), self.nodes[side].conf / "certs"
        shutil.copy(self.written(alias, f"{side}/instances.yml"), home)
        script = self.written(alias, f"{side}/certificates.sh").read_text()
        for line in script.partition("set -eu\n")[2].splitlines():  # Each program reads all that is typed.
            self.type(side, line, typed="\n")
        certs.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(home / "certificates.zip") as archive:
            for ending in ("crt", "key"):
                (certs / f"{name}.{ending}").write_bytes(archive.read(f"{side}-1/{side}-1.{ending}"))
        (home / "certificates.zip").unlink()
        shutil.move(home / "ca.crt", certs / "ca.crt")

    def lines(self, side: str, *aliases: str) -> dict[str, Any]:
        """What the documents have for elasticsearch.yml of one side."""
        found: dict[str, Any] = {}
        for alias in aliases:
            found |= yaml.safe_load(self.written(alias, f"{side}/elasticsearch.yml").read_text())
        return found

    def login(self, side: str) -> dict[str, str]:
        """The environment in which scripts call the API of a side."""
        file = self.folder / f"{side}.login"
        file.write_text(f'user = "elastic:{PASSWORD}"\n')
        name = side.upper()
        return {f"{name}_URL": f"http://127.0.0.1:{self.nodes[side].http}", f"{name}_LOGIN": str(file)}

    def start(self, side: str) -> None:
        """Start a node with what is in its folder by now."""
        self.nodes[side]._own()
        self.nodes[side].start()
        self.nodes[side].wait()

    def remotes(self) -> dict[str, Any]:
        """What the local cluster says of its remotes."""
        answer: dict[str, Any] = self.nodes["local"].ask("GET", "/_remote/info").json()
        return answer


@pytest.fixture(scope="module", params=RELEASES)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Everything that comes before the remotes are registered, in the order of the checklists."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    release = Version.parse(request.param)
    nodes = {side: Node(side, release, folder / side, {}, {}, {}) for side in ("local", "remote")}
    made = Site(folder, release, nodes)
    try:
        made.write(BY_KEY, "api_key", nodes["remote"].server)
        made.write(BY_CERTIFICATE, "certificate", nodes["remote"].transport)
        _configure(made)
        made.start("remote")
        nodes["remote"].ask("PUT", "/logs/_doc/1?refresh=true", {"message": "hello"})
        made.type("remote", made.written(BY_KEY, "remote/key.sh").read_text(), **made.login("remote"))
        kept = f"{BY_KEY}.key"
        shutil.move(made.home("remote") / kept, made.home("local") / kept)
        made.type("local", made.written(BY_KEY, "local/keystore.sh").read_text())
        made.start("local")
        yield made
    finally:
        for node in nodes.values():
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _configure(made: Site) -> None:
    """Certificates, CAs, trust files and settings of both nodes, as they come from the documents of both remotes."""
    for side, node in made.nodes.items():
        made.type(side, f"bin/elasticsearch-certutil ca --out {OWN_CA} --pass ''")
        made.make_certificates(side, BY_CERTIFICATE, "transport")
        trust = made.written(BY_CERTIFICATE, f"{side}/trust.yml").read_text()
        node.files = {"trust.yml": trust}
    made.make_certificates("remote", BY_KEY, "remote-cluster-server")
    for side, peer in (("local", "remote"), ("remote", "local")):
        node = made.nodes[side]
        shutil.copy(made.nodes[peer].conf / "certs" / "ca.crt", node.conf / "certs" / f"{peer}-ca.crt")
        node.settings = made.lines(side, BY_CERTIFICATE, BY_KEY)
        node.configure({})


@pytest.mark.parametrize("alias", [BY_KEY, BY_CERTIFICATE])
def test_it_connects(site: Site, alias: str) -> None:
    """The settings are taken as they stand, and the remote is connected by the model that was asked for, and can be searched."""
    answer = site.type("local", site.written(alias, "local/settings.sh").read_text(), **site.login("local"))
    assert json.loads(answer)["acknowledged"] is True
    shown = until(lambda: site.remotes()[alias], lambda one: one["connected"], what=alias, pause=0.5)
    found = site.nodes["local"].ask("GET", f"/{alias}:logs*/_search")
    assert ("cluster_credentials" in shown) is (alias == BY_KEY)
    assert found.json()["hits"]["total"]["value"] == 1, found.text


@pytest.mark.parametrize("alias", [BY_KEY, BY_CERTIFICATE])
def test_dev_tools_take_the_calls(site: Site, alias: str) -> None:
    """Each call for Dev Tools is taken by the cluster that it is for."""
    paths = sorted((site.folder / alias).rglob("*.console"))
    assert len(paths) >= 3
    for path in paths:
        line, _, body = path.read_text().partition("\n")
        method, target = line.split(" ", 1)
        answer = site.nodes[path.parent.name].ask(method, f"/{target}", json.loads(body) if body.strip() else None)
        assert answer.status_code == 200, (path, answer.text)


def test_the_trust_file_is_in_force(site: Site) -> None:
    """A certificate of a CA that is trusted, with a name that nobody listed, is shut out: those listed are connected, above."""
    home = site.home("local")
    (home / "instances.yml").write_text(
        'instances:\n  - name: "stranger"\n    ip: ["127.0.0.1"]\n    cn: ["stranger.node.other.cluster.e2e.account"]\n'
    )
    made = f"bin/elasticsearch-certutil cert --pem --ca {OWN_CA} --in instances.yml --out stranger.zip"
    site.type("local", made, typed="\n")
    with zipfile.ZipFile(home / "stranger.zip") as archive:
        archive.extractall(home)
    shown = ("-cert", home / "stranger" / "stranger.crt", "-key", home / "stranger" / "stranger.key")
    address = f"127.0.0.1:{site.nodes['remote'].transport}"
    done = subprocess.run(
        [
            "openssl",
            "s_client",
            "-connect",
            address,
            *shown,
            "-ign_eof",
        ],  # It ends when the node closes the connection.
        stdin=subprocess.DEVNULL,
        text=True,
        capture_output=True,
        timeout=ENDS_WITHIN,
        check=False,
    )
    assert "alert" in done.stdout + done.stderr

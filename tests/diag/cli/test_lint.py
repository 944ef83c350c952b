"""``diag lint``: everything that settings and files tell, without a network and without the secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag.engine import load_catalogue
from diag.model import Endpoints
from tests.clilib import diag

CASES = Path(__file__).parents[2] / "trials" / "document-cases"


def failing(config: Path, command: str = "lint") -> dict[str, list[str]]:
    """The findings that count, by alias."""
    report = json.loads(diag(command, "-c", config, "--format", "json").stdout)
    return {
        remote["alias"]: [r["check"] for r in remote["results"] if r["outcome"] == "fail" and r["severity"] != "info"]
        for cluster in report["clusters"]
        for remote in cluster["remotes"]
    }


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("01-lint-port-mismatch", {"config/port-model-mismatch"}),
        (
            "02-lint-own-certificate",
            {"config/port-model-mismatch", "tls/expired", "tls/eku-missing", "trust/othername-missing"},
        ),
        ("03-lint-ca-is-leaf", {"trust/ca-is-leaf"}),
    ],
)
def test_files_tell_without_a_network(case: str, expected: set[str]) -> None:
    """A port of the other model, our own certificate, a CA that is none: all of it stands in files."""
    config = CASES / case / "diag.yaml"
    assert expected <= set(failing(config)["logs"])
    assert diag("lint", "-c", config).exit_code == 3


@pytest.mark.parametrize("case", ["08-seeds-comma-string", "10-remote-keys-refused"])
def test_what_elasticsearch_takes_is_no_fault(case: str) -> None:
    """Seeds as one text with commas, every setting of a remote, and values as texts."""
    config = CASES / case / "diag.yaml"
    assert diag("config", "check", "-c", config).exit_code == 0
    # What Elasticsearch takes may still be a bad idea: pings of a remote that searches are to leave out.
    assert {check for found in failing(config).values() for check in found} <= {"runtime/skip-ping-schedule-bug"}


@pytest.mark.parametrize("port", [9300, 9400, 9200, 443, 9243])
@pytest.mark.parametrize("model", ["api_key", "certificate"])
def test_lint_finds_what_run_finds_without_a_name(tmp_path: Path, port: int, model: str) -> None:
    """Where the name does not resolve, a run knows no more than the files: lint finds the same, but for the name."""
    config = tmp_path / "diag.yaml"
    config.write_text(
        f"""
clusters:
  - name: eu
    version: 8.15.3
    remotes:
      - {{alias: logs, security_model: {model}, kind: hosted, mode: proxy, proxy_address: "logs.invalid:{port}"}}
"""
    )
    assert [c for c in failing(config, "run")["logs"] if not c.startswith("network/dns-")] == failing(config)["logs"]


def test_no_check_is_left_out() -> None:
    """Every check runs: those that need a network are skipped, and say so."""
    result = diag("lint", "-c", CASES / "01-lint-port-mismatch" / "diag.yaml", "--format", "json")
    (cluster,) = json.loads(result.stdout)["clusters"]
    results = {r["check"]: r for r in (*cluster["results"], *cluster["remotes"][0]["results"])}
    assert {check.id for check in load_catalogue().checks} == set(results)
    assert any(need.type is Endpoints for check in load_catalogue().checks for need in check.needs)
    assert "does not use the network" in results["network/dns-nxdomain"]["because"]
    assert results["network/dns-nxdomain"]["outcome"] == "skip"


GOOD = """
clusters:
  - name: eu
    version: 8.15.3
    keystore: [cluster.remote.logs.credentials]
    url: https://eu.example:9200
    auth: {username: diag, password: {env: DIAG_TEST_NOT_SET}}
    remotes:
      - {alias: logs, security_model: api_key, mode: proxy, proxy_address: "logs.example:9443", server_name: logs.example,
         skip_unavailable: true, version: 8.15.3, credential: {file: absent/logs.key}, ca: [absent/ca.pem]}
      - {alias: audit, security_model: certificate, mode: proxy, proxy_address: "audit.example:9300", version: 8.15.3}
    transport: {certificate: absent/node.pem, key: {env: DIAG_TEST_NOT_SET}}
"""


def test_no_secret_and_no_file_is_needed(tmp_path: Path) -> None:
    """What hangs on them is not told; nothing is called ok, and nothing is an error."""
    config = tmp_path / "diag.yaml"
    config.write_text(GOOD)
    result = diag("lint", "-c", config, "--format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    # The url is there: nobody was asked, for there is no network.
    assert "no url is configured for the local cluster" not in result.stdout
    assert report["status"] == "unknown"
    assert {r["status"] for r in report["clusters"][0]["remotes"]} == {"unknown"}
    text = diag("lint", "-c", config).stdout
    assert "nothing found in the files" in text
    assert "✓ ok" not in text
    assert "diag run" in text


def test_standard_input(tmp_path: Path) -> None:
    """``-c -`` reads a configuration from a pipe; an error names it."""
    assert diag("lint", "-c", "-", stdin=GOOD).exit_code == 0
    broken = diag("lint", "-c", "-", stdin="clusters: 5\n")
    assert broken.exit_code == 2
    assert "<standard input>:1:11" in broken.stderr
    del tmp_path


def test_a_run_still_wants_its_secrets(tmp_path: Path) -> None:
    """Only lint is lenient."""
    config = tmp_path / "diag.yaml"
    config.write_text(GOOD)
    result = diag("run", "-c", config)
    assert result.exit_code == 2
    assert "expected an environment variable that is set" in result.stderr

"""Evidence and replay, lint, probe, and the commands that list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag import VERSION
from diag.cli.command_options import FORMATS
from diag.model import Outcome
from diag.text import width
from tests import caselib
from tests.clilib import REFUSED, diag


class TestEvidence:
    """``--save-evidence`` and ``diag replay``."""

    @pytest.mark.parametrize("name", FORMATS)
    def test_the_same_report(self, config: Path, tmp_path: Path, name: str) -> None:
        """A replay gives the same bytes and the same exit code, with the policy of the run, when the remotes are gone."""
        config.write_text(config.read_text() + "checks: {severity: {network/*: warning}}\n")
        saved = tmp_path / "evidence.json"
        ran = diag("run", "-c", config, "--format", name, "--save-evidence", saved, "--skip", "version/*")
        config.unlink()
        replayed = diag("replay", saved, "--format", name)
        assert replayed.stdout == ran.stdout
        assert replayed.exit_code == ran.exit_code

    def test_from_standard_input(self, config: Path, tmp_path: Path) -> None:
        """Evidence can be piped in, and narrowed to a remote and to checks."""
        saved = tmp_path / "evidence.json"
        diag("run", "-c", config, "--save-evidence", saved)
        result = diag(
            "replay", "-", "--remote", "audit", "--only", REFUSED, "--format", "ndjson", stdin=saved.read_text()
        )
        [line] = result.stdout.splitlines()
        assert (json.loads(line)["remote"], json.loads(line)["check"]) == ("audit", REFUSED)

    def test_unknown_names(self, config: Path, tmp_path: Path) -> None:
        """Clusters and remotes that are not in the evidence are refused."""
        saved = tmp_path / "evidence.json"
        diag("run", "-c", config, "--save-evidence", saved)
        result = diag("replay", saved, "--remote", "adit")
        assert result.exit_code == 2
        assert "did you mean audit" in result.stderr

    @pytest.mark.parametrize(
        ("content", "words"),
        [(b"", "no JSON"), (b"\xff\xfe", "no text"), (b"{}", "no evidence"), (b"[" * 100_000, "nested too deeply")],
    )
    def test_files_that_are_no_evidence(self, tmp_path: Path, content: bytes, words: str) -> None:
        """A foreign file is refused in one line with exit code 2."""
        path = tmp_path / "file"
        path.write_bytes(content)
        result = diag("replay", path)
        assert result.exit_code == 2
        assert words in result.stderr
        assert result.stderr.count("\n") == 1

    def test_a_file_without_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A device that never ends is not read to its end."""
        monkeypatch.setattr("diag.cli.replaying.MAX_BYTES", 1000)
        result = diag("replay", "/dev/zero")
        assert result.exit_code == 2
        assert "larger than" in result.stderr

    def test_no_file(self, tmp_path: Path) -> None:
        """A missing file is refused."""
        result = diag("replay", tmp_path / "none")
        assert result.exit_code == 2
        assert "No such file" in result.stderr

    def test_a_case_from_it(self, config: Path, tmp_path: Path) -> None:
        """What a check says of one remote becomes a case, which the tests of the checks read once it says why."""
        saved, path = tmp_path / "e.json", tmp_path / REFUSED / "fail-seen.yaml"
        path.parent.mkdir(parents=True)
        diag("run", "-c", config, "--save-evidence", saved)
        written = diag("replay", saved, "--remote", "logs", "--case", REFUSED, "-o", path)
        assert (written.exit_code, written.stdout) == (0, "")
        path.write_text(path.read_text().replace("why: ''", "why: Nobody listens there.", 1))
        case = caselib.Case(path)
        assert case.expect.outcome is case.result.outcome is Outcome.FAIL
        assert case.roots == case.report.remotes[0].root_causes

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (
                ["--case", REFUSED],
                "search-eu/logs, search-eu/audit, search-us/metrics; choose with --cluster and --remote",
            ),
            (["--remote", "logs", "--case", "network/tcp-refusd"], "did you mean network/tcp-refused"),
            (["--remote", "logs", "--case", REFUSED, "--only", "tls/*"], "--only and --skip do not go with --case"),
        ],
    )
    def test_no_case_from_it(self, options: list[str], words: str, config: Path, tmp_path: Path) -> None:
        """Of several remotes, by an unknown check, or by a choice of checks."""
        diag("run", "-c", config, "--save-evidence", tmp_path / "e.json")
        refused = diag("replay", tmp_path / "e.json", *options)
        assert refused.exit_code == 2
        assert words in refused.output


class TestLint:
    """``diag lint``."""

    def test_no_network(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settings are judged, and no name is looked up and no connection opened."""

        def never(*_: object, **__: object) -> None:
            pytest.fail("the network was used")

        monkeypatch.setattr("diag.collect.RealNetwork.resolve", never)
        monkeypatch.setattr("diag.collect.RealNetwork.probe", never)
        text = config.read_text()
        config.write_text(text.replace("mode: proxy, ", "", 1))
        result = diag("lint", "-c", config, "--format", "json")
        results = json.loads(result.stdout)["clusters"][0]["remotes"][0]["results"]
        assert result.exit_code == 3
        assert "config/mode-missing-for-proxy" in {r["check"] for r in results if r["outcome"] == "fail"}
        assert not any(r["check"].startswith("tls/") and r["outcome"] == "pass" for r in results)


class TestProbe:
    """``diag probe``."""

    def test_refused(self, port: int) -> None:
        """An address is looked at without any configuration."""
        result = diag("probe", f"127.0.0.1:{port}", "--security-model", "api_key")
        assert result.exit_code == 3
        assert REFUSED in result.stdout
        assert f"api_key · proxy · 127.0.0.1:{port}" in result.stdout

    def test_replay(self, port: int, tmp_path: Path) -> None:
        """Saved evidence of one address gives the same report again: settings stay out of it."""
        saved = tmp_path / "evidence.json"
        result = diag("probe", f"127.0.0.1:{port}", "--format", "wide", "--save-evidence", saved)
        assert diag("replay", saved, "--format", "wide").stdout == result.stdout
        assert "version/" not in result.stdout

    @pytest.mark.parametrize(
        "address", ["logs.example", "https://logs.example:9443", "a:0", "a:99999", "a b:1", "\x1b:1"]
    )
    def test_no_address(self, address: str) -> None:
        """What is no host and port is refused with an example."""
        result = diag("probe", address)
        assert result.exit_code == 2
        assert "expected HOST:PORT" in result.stderr

    def test_many_addresses(self, port: int, tmp_path: Path) -> None:
        """Each is a remote of its own, wherever it was named, and one that is named twice is looked at once."""
        (tmp_path / "list").write_text(f"# of the office\n127.0.0.2:{port}   # the old one\n\n127.0.0.1:{port}\r\n")
        given = ("--security-model", "api_key", "--format", "json", "--file")
        named = diag("probe", f"127.0.0.1:{port}", f"[::1]:{port}", *given, tmp_path / "list")
        piped = diag("probe", *given, "-", stdin=f"\ufeff127.0.0.2:{port}\n127.0.0.1:{port}")
        for result, aliases in (
            (named, [f"127.0.0.1:{port}", f"[::1]:{port}", f"127.0.0.2:{port}"]),
            (piped, [f"127.0.0.2:{port}", f"127.0.0.1:{port}"]),
        ):
            assert result.exit_code == 3, result.stderr
            remotes = json.loads(result.stdout)["clusters"][0]["remotes"]
            assert [one["alias"] for one in remotes] == aliases
            assert {tuple(one["root_causes"]) for one in remotes} == {(REFUSED,)}

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "expected HOST:PORT, or addresses in --file FILE"),
            (b"127.0.0.1:1\nlogs.example\n", "'logs.example': expected HOST:PORT"),
            (b"\xff\xfe\x00", "--file"),
            (b"a:1\n" * 300_000, "larger than"),
            ("".join(f"a:{n}\n" for n in range(1, 10_002)).encode(), "at most 10000 addresses"),
        ],
    )
    def test_a_file_without_addresses(self, content: bytes, words: str, tmp_path: Path) -> None:
        """What is no list of addresses is refused in one line, as is a file that is not there, or that never ends."""
        (tmp_path / "list").write_bytes(content)
        for result in (diag("probe", "--file", tmp_path / "list"), diag("probe", "--file", "-", stdin=content)):
            assert result.exit_code == 2
            assert words in result.stderr or "at most" in result.stderr
        for name in ("/dev/zero", tmp_path / "none"):
            assert diag("probe", "--file", name).exit_code == 2

    def test_certificate_and_key_go_together(self, tmp_path: Path) -> None:
        """One without the other is refused, as is a file that is not there."""
        file = tmp_path / "file"
        file.write_text("x")
        assert diag("probe", "a:1", "--client-cert", file).exit_code == 2
        assert diag("probe", "a:1", "--ca", tmp_path / "none").exit_code == 2

    def test_credential_file(self, port: int, tmp_path: Path) -> None:
        """The key decides the security model, and does not come back in any output."""
        file = tmp_path / "key"
        file.write_text("c2VjcmV0LWlkOnBsYW50ZWQtc2VjcmV0")
        saved = tmp_path / "evidence.json"
        result = diag(
            "probe", f"127.0.0.1:{port}", "--credential-file", file, "--format", "json", "--save-evidence", saved
        )
        assert json.loads(result.stdout)["clusters"][0]["remotes"][0]["security_model"] == "api_key"
        assert "c2VjcmV0" not in result.output + saved.read_text()


class TestListing:
    """``diag checks``, ``diag config``, ``diag version``."""

    def test_checks_list(self) -> None:
        """Every check has its line with all severities that it may find, and below it the problem; no line is too wide."""
        text = diag("checks", "list").stdout
        known = caselib.catalogue().checks
        heads = [line for line in text.splitlines() if not line.startswith(" ")]
        assert heads == [f"{check.id}  {check.severity_words}" for check in known]
        assert max(map(width, text.splitlines())) <= 100
        told = " ".join(text.split())
        assert all(" ".join(check.problem.replace("``", "`").split()) in told for check in known)
        assert diag("checks", "list", "--only", REFUSED).stdout.splitlines()[0].split()[0] == REFUSED

    def test_a_broken_pack(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A broken pack is named on standard error, and the others are listed."""
        from diag.engine import BrokenPack, Catalogue  # noqa: PLC0415 -- only here.

        broken = BrokenPack(name="mine", error="mine:CHECKS: ImportError: \x1bno")
        catalogue = Catalogue(checks=caselib.catalogue().checks, broken=(broken,))
        monkeypatch.setattr("diag.cli.choice.load_catalogue", lambda: catalogue)
        result = diag("checks", "list")
        assert result.exit_code == 0
        assert "the check pack 'mine' is broken" in result.stderr
        assert "\\x1bno" in result.stderr
        assert REFUSED in result.stdout

    def test_duplicate_checks(self, monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
        """Two checks of one id stop everything with exit code 1."""
        from diag.engine import DuplicateCheckError  # noqa: PLC0415 -- only here.

        def refuse() -> None:
            msg = "check a/b is in pack 'x' and again in pack 'y': remove one of the packs"
            raise DuplicateCheckError(msg)

        monkeypatch.setattr("diag.cli.choice.load_catalogue", refuse)
        result = diag("run", "-c", config)
        assert result.exit_code == 1
        assert "remove one of the packs" in result.stderr

    def test_explain(self) -> None:
        """The manual page of a check is printed; an unknown one is refused with the nearest."""
        result = diag("checks", "explain", REFUSED)
        assert result.exit_code == 0
        for words in (REFUSED, "Why it matters:", "How to fix:", "severity", "docs"):
            assert words in result.stdout
        result = diag("checks", "explain", "network/tcp-refusd")
        assert result.exit_code == 2
        assert f"did you mean {REFUSED}" in result.stderr

    def test_reference(self) -> None:
        """The reference is printed for the repository, and not listed in the help."""
        assert diag("checks", "reference").stdout.startswith("# Checks\n")
        assert "reference" not in diag("checks", "--help").stdout

    def test_config_check_reads_what_guards_the_web_side(self, config: Path) -> None:
        """As the daemon will: its keys, and the certificates that it names."""
        web = config.parent / "web.yaml"
        config.write_text(config.read_text() + f"daemon: {{web_config: {web}}}\n")
        web.write_text("basic_auth_users: {}\n")
        assert diag("config", "check", "-c", config).exit_code == 0
        web.write_text("basic_auth: {}\n")
        refused = diag("config", "check", "-c", config)
        assert (refused.exit_code, "did you mean 'basic_auth_users'?" in refused.stderr) == (2, True)
        web.write_text("tls_server_config: {cert_file: web.yaml, key_file: web.yaml}\n")
        refused = diag("config", "check", "-c", config)
        assert (refused.exit_code, "expected a certificate as PEM" in refused.stderr) == (2, True)

    def test_config_check(self, config: Path) -> None:
        """A good file is said to be good; a bad one has exit code 2."""
        result = diag("config", "check", "-c", config)
        assert result.exit_code == 0
        assert "2 local clusters, 3 remotes" in result.output
        config.write_text("clusters: 3\n")
        assert diag("config", "check", "-c", config).exit_code == 2

    def test_config_check_names_what_holds_for_nothing(self, tmp_path: Path) -> None:
        """A name that is mistyped, with its place and the nearest; what nobody can know is not said."""
        file = tmp_path / "diag.yaml"
        file.write_text(
            "clusters:\n- {name: search-eu, remotes: [{alias: logs}]}\n- {name: read, url: 'https://read.example:9200'}\n"
            "checks:\n  acknowledge:\n"
            "  - {check: '*', cluster: serach-eu, until: 2031-01-01, note: n}\n"
            "  - {check: '*', cluster: search-*, remote: log, until: 2031-01-01, note: n}\n"
            "  - {check: '*', cluster: read, remote: anything, until: 2031-01-01, note: n}\n"
            "  - {check: '*', cluster: '*', remote: 'l*', until: 2031-01-01, note: n}\n"
            "maintenance:\n- {cluster: none, from: 2031-01-01T10:00, until: 2031-01-01T11:00, note: n}\n"
        )
        result = diag("config", "check", "-c", file)
        said = [line.partition("diag.yaml:")[2] for line in result.stderr.splitlines()]
        assert (result.exit_code, said[:-1]) == (
            0,
            [
                "6:27: checks.acknowledge[0].cluster: value 'serach-eu': it has no effect, because it fits no local cluster; did you mean search-eu?",
                "7:45: checks.acknowledge[1].remote: value 'log': it has no effect, because it fits no remote there; did you mean logs?",
                "11:13: maintenance[0].cluster: value 'none': it has no effect, because it fits no local cluster",
            ],
        )
        file.write_text(file.read_text() + "discover: [{file: {path: more.yaml}}]\n")
        assert "no effect" not in diag("config", "check", "-c", file).stderr

    def test_schemas(self) -> None:
        """Both schemas are JSON."""
        assert json.loads(diag("config", "schema").stdout)["title"] == "diag.yaml"
        assert json.loads(diag("config", "schema", "--report").stdout)["title"] == "Report of diag"

    def test_version(self) -> None:
        """The version names Python and OpenSSL too."""
        assert diag("version").stdout.startswith(f"diag {VERSION} (Python 3.")
        assert "OpenSSL" in diag("version").stdout

"""Files of certificates, keys and key stores through ``diag lint FILE``, against what Elasticsearch's own classes said of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.documents.located import LintReport
from diag.model import Severity
from tests.clilib import diag
from tests.diag.test_tls_files import FILES, PASSPHRASE, STORES, table
from tests.doclib import lint

REFUSING = {
    "trust/ca-not-pem",
    "trust/ca-has-private-key",
    "tls/pem-foreign-block",
    "tls/pem-glued",
    "tls/key-cert-mismatch",
    "tls/key-algorithm",
}


def refused(report: LintReport) -> Severity | None:
    """The highest severity of what says that a file is not read; an info says of one that is."""
    found = [one.severity for one in report.findings if one.check in REFUSING and one.severity is not Severity.INFO]
    return max(found, key=lambda one: one.rank, default=None)


def expected(*verdicts: str) -> bool | None:
    """Whether both releases refuse a file; None where one of them does."""
    return None if len(set(verdicts)) > 1 else verdicts[0] == "refuses"


def held_to(report: LintReport, *, wanted: bool | None) -> None:
    """A file that is refused has an error, one that some Java refuses a warning, and one that is read none."""
    found = refused(report)
    if wanted is None:
        assert found is Severity.WARNING
    else:
        assert (found is not None and found.rank >= Severity.ERROR.rank) is wanted, [
            one.message for one in report.findings
        ]
        assert wanted or found is None


@pytest.mark.parametrize("row", table("trusted"), ids=lambda row: row[0])
def test_files_of_cas(row: list[str]) -> None:
    """As certificate_authorities."""
    name, older, newer, *_ = row
    held_to(lint(f"ca-file:{FILES / 'trusted' / name}"), wanted=expected(older, newer))


@pytest.mark.parametrize(
    "row", [row for row in table("presented") if row[0] != "wrong-order.pem"], ids=lambda row: row[0]
)
def test_certificates_of_nodes(row: list[str]) -> None:
    """As certificate, with its key beside it: recognised by what they hold."""
    name, older, newer, *_ = row
    folder = FILES / "presented"
    report = lint(folder / name, folder / "node.key")
    assert report.documents[0].kind == "node certificate"
    held_to(report, wanted=expected(older, newer))


def test_a_chain_in_the_wrong_order() -> None:
    """The file is read, and the key does not fit its first certificate."""
    report = lint(FILES / "presented" / "wrong-order.pem", FILES / "presented" / "node.key")
    found = [one for one in report.findings if one.check == "tls/key-cert-mismatch"]
    assert ["belongs to certificate 2" in one.message for one in found] == [True]


@pytest.mark.parametrize("row", table("keys"), ids=lambda row: f"{row[0]}-{row[1]}")
def test_keys(row: list[str], tmp_path: Path) -> None:
    """As key, with and without its passphrase; without, what is not read is an info, and nothing says that it is refused."""
    certificate, key, verdict = row
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    pair = (FILES / "keys" / certificate, f"private-key:{FILES / 'keys' / key}")
    held_to(lint(*pair, password_files=(secret,)), wanted=verdict.startswith("refuses"))
    locked = {one.check for one in lint(*pair).findings if one.check == "tls/store-locked"}
    assert bool(locked) is (verdict == "reads with passphrase")


ANONYMOUS = {
    "b64-of-pem.pem",
    "empty.pem",
    "fourdash.pem",
    "in-json.json",
    "quoted-mail.pem",
    "utf16.pem",
}


@pytest.mark.parametrize("row", table("trusted"), ids=lambda row: row[0])
def test_files_of_cas_are_recognised(row: list[str]) -> None:
    """By what they hold; one of no known kind was named, which is an error."""
    report = lint(FILES / "trusted" / row[0])
    kind = report.documents[0].kind
    assert kind == (None if row[0] in ANONYMOUS else "key store" if row[0].endswith(".p12") else "CA file"), (
        report.documents[0].why
    )
    assert report.findings or report.refused or row[1] == row[2] == "accepts"


@pytest.mark.parametrize("row", table("keys"), ids=lambda row: f"{row[0]}-{row[1]}")
def test_keys_are_recognised(row: list[str]) -> None:
    """By what they hold, also in DER; a certificate in front of the key makes it a file of certificates that is refused."""
    kind = lint(FILES / "keys" / row[1]).documents[0].kind
    assert (kind == "private key") is (row[1] != "combined-cert-first.pem")


@pytest.mark.parametrize("name", STORES)
def test_key_stores(name: str, tmp_path: Path) -> None:
    """With its password a store is judged, without it is an info; its password never shows."""
    password, trusted, keys = STORES[name]
    secret = tmp_path / "password"
    secret.write_text(password or "none")
    report = lint(FILES / "stores" / name, password_files=(secret,))
    assert report.documents[0].kind == "key store"
    assert (refused(report) is None) is (trusted + keys > 0)
    assert "tls/store-locked" not in {one.check for one in report.findings}
    if password:
        assert [one.severity for one in lint(FILES / "stores" / name).findings] == [Severity.INFO]


def test_a_password_from_the_environment_never_shows() -> None:
    """Nor does the key."""
    store = FILES / "stores" / "key.jks"
    shown = diag("lint", store, "--password-env", "STORE", environment={"STORE": PASSPHRASE}).output
    assert "1 key store" in shown
    assert PASSPHRASE not in shown
    shown = diag("lint", FILES / "keys" / "combined-cert-first.pem", FILES / "trusted" / "key-and-ca.pem").output
    assert "PRIVATE KEY" in shown
    assert not [word for word in shown.split() if len(word) > 50 and "/" not in word[:3]]
    assert "not set" in diag("lint", store, "--password-env", "NO_SUCH").output

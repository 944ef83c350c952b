"""Documents in odd forms, each judged as what reads it would take it: everything above info, at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from diag.documents.located import LintReport
from diag.evidence.documents.kind import DocumentKind
from diag.model import Severity
from tests import pki
from tests.doclib import lint

FORMS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text("utf-8"))


def found(report: LintReport) -> set[str]:
    """Check and line of everything above info."""
    return {f"{one.check} {one.origin.line}" for one in report.findings if one.severity is not Severity.INFO}


@pytest.mark.parametrize("form", FORMS, ids=[one["name"] for one in FORMS])
def test_forms(form: dict[str, Any], tmp_path: Path) -> None:
    """What is wrong is found where it stands, and nothing else is."""
    file = tmp_path / form["name"]
    file.write_bytes(form["text"].encode())
    report, wanted = lint(file), set(form["wanted"])
    assert report.documents[0].kind is not None
    assert wanted <= found(report) if form.get("at_least") else wanted == found(report), form["why"]


def test_key_stores_and_certificates_in_binary(tmp_path: Path) -> None:
    """PKCS#12 with a password that is given, with another one, and DER: what they are is told by their bytes, whatever they are called."""
    ca = pki.new_ca("One")
    node = pki.leaf(ca)
    named: list[tuple[str, bytes, DocumentKind]] = [
        (
            "store.bin",
            pkcs12.serialize_key_and_certificates(
                b"node", node.key, node.certificate, [ca.own.certificate], BestAvailableEncryption(b"secret")
            ),
            DocumentKind.KEY_STORE,
        ),
        ("ca.cer", ca.own.certificate.public_bytes(Encoding.DER), DocumentKind.CA_FILE),
    ]
    for name, data, kind in named:
        (tmp_path / name).write_bytes(data)
        assert [one.kind for one in lint(tmp_path / name).documents] == [kind]
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "wrong").write_text("other\n")
    locked = "tls/store-locked"
    for password, is_locked in (("password", False), ("wrong", True)):
        checks = {one.check for one in lint(tmp_path / "store.bin", password_files=(tmp_path / password,)).findings}
        assert (locked in checks) is is_locked

"""The 77 forms of a ``trust_restrictions`` file through ``diag lint FILE``: what keeps a node from starting is critical, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.model import DocumentKind, Severity
from tests.diag.config.test_trustfile import REFUSED
from tests.doclib import lint

CORPUS = Path(__file__).parent / "document-cases" / "09-trust-corpus"
FORMS = sorted(path.name for path in CORPUS.iterdir() if path.name != "expected.txt")
UNUSABLE = {"trust/restrictions-file-invalid", "trust/file-extension"}
# What nothing in it makes known as such a file (it has to be named as one), and one that says that it is an elasticsearch.yml.
ANONYMOUS = {"comment-only.yml", "empty.yml", "list-top.yml", "merge.yml", "scalar-top.yml"}
ANOTHER = {"xpackkey.yml"}


@pytest.mark.parametrize("name", FORMS)
def test_each_form(name: str) -> None:
    """A file that Elasticsearch refuses, or reads as nothing, is critical; a file that it reads is not."""
    found = lint(f"trust-file:{CORPUS / name}").findings
    unusable = {one.check for one in found if one.severity is Severity.CRITICAL}
    assert bool(unusable & UNUSABLE) is (name in REFUSED), [one.message for one in found]


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_recognised(name: str) -> None:
    """By what it holds; a file that somebody named and that is of no known kind is an error."""
    report = lint(CORPUS / name)
    kind = report.documents[0].kind
    assert kind is (
        None if name in ANONYMOUS else DocumentKind.ELASTICSEARCH_YML if name in ANOTHER else DocumentKind.TRUST_FILE
    )
    assert report.findings or report.refused or name not in REFUSED - ANOTHER

"""The pages as readers get them, for connections that differ in what they take. ``DIAG_GOLDEN=write`` writes them anew, to be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from diag.setup import one_page
from tests.diag.setup.made import CA, made

GOLDEN = Path(__file__).parent / "golden"
PAGES = {
    "certificate-hosted-self_managed": made("certificate", "hosted", "self_managed"),
    "certificate-self_managed-hosted": made("certificate", "self_managed", "hosted"),
    "certificate-self_managed-self_managed": made("certificate", "self_managed", "self_managed", mode="sniff"),
    "certificate-ece-eck": made("certificate", "ece", "eck"),
    "certificate-eck-hosted": made("certificate", "eck", "hosted", replicate=()),
    "certificate-hosted-hosted": made("certificate", "hosted", "hosted", search=(), replicate=()),
    "api_key-hosted-self_managed": made("api_key", "hosted", "self_managed", local_release="8.13.0"),
    "api_key-self_managed-hosted": made("api_key", "self_managed", "hosted", local_release="9.3.0"),
    "api_key-self_managed-self_managed": made("api_key", "self_managed", "self_managed", skip_unavailable="false"),
    "api_key-eck-self_managed": made("api_key", "eck", "self_managed", replicate=()),
    "api_key-self_managed-eck": made("api_key", "self_managed", "eck", alias="logs_eu"),
    "api_key-hosted-ece": made("api_key", "hosted", "ece"),
}


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str) -> None:
    """A change of what is written is seen, and read, in the files beside this one."""
    # A new CA is made for each run; in the page it stands as one line of JSON.
    page = one_page(PAGES[name]).replace(CA.replace("\n", "\\n"), "<the CA>")
    path = GOLDEN / f"{name}.md"
    if os.environ.get("DIAG_GOLDEN") == "write":
        path.write_text(page)
    assert page == path.read_text()


def test_no_page_is_left_over() -> None:
    """Every page on disk is one that is compared."""
    assert {path.stem for path in GOLDEN.glob("*")} == set(PAGES)

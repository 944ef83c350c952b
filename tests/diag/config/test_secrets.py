"""Secrets never show, and references say why they cannot be resolved."""

from __future__ import annotations

import copy
import json
import os
import pickle
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticSerializationError

from diag.config import Secret, SecretError, SecretFault, SecretRef
from diag.config.config_problems import looks_secret
from diag.model import Reason, Step
from diag.text import mask_userinfo

SECRET = Secret("planted")


@pytest.mark.parametrize(
    "text",
    [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>5}", f"{SECRET:>5}".strip(), f"{[SECRET]}", "%s" % SECRET],  # noqa: UP031 -- the point.
)
def test_a_secret_prints_as_stars(text: str) -> None:
    """However it is printed."""
    assert "***" in text
    assert "planted" not in text


def test_a_secret_gives_its_text_only_when_asked() -> None:
    """And compares, hashes and copies like a value."""
    assert SECRET.reveal() == "planted"
    assert Secret("planted") == SECRET != Secret("other")
    assert len({SECRET, Secret("planted")}) == 1
    assert copy.deepcopy(SECRET) is SECRET is copy.copy(SECRET)
    assert SECRET != "planted"
    assert not Secret("")
    with pytest.raises(AttributeError, match="does not change"):
        SECRET.text = "x"  # type: ignore[attr-defined]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    """No protocol carries it."""
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(SECRET, protocol)


def test_a_secret_is_no_json() -> None:
    """Neither the standard library nor pydantic writes it."""

    class Holder(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        secret: Secret

    with pytest.raises(TypeError):
        json.dumps({"key": SECRET})
    with pytest.raises(PydanticSerializationError):
        Holder(secret=SECRET).model_dump_json()
    assert not hasattr(SECRET, "__dict__")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("planted", "planted"),
        ("planted\n", "planted"),
        ("planted\r\n", "planted"),
        (" a b \n", " a b "),
        ("\ufeffx1\n", "x1"),
    ],
)
def test_a_newline_at_the_end_is_no_part_of_a_secret(tmp_path: Path, written: str, read: str) -> None:
    """Editors add one, and sometimes a byte order mark; spaces may be meant."""
    (tmp_path / "s").write_bytes(written.encode())
    assert read == SecretRef(file=tmp_path / "s").resolve().reveal()


@pytest.mark.parametrize("written", ["planted", "planted\n", "planted\r\n"])
def test_a_newline_at_the_end_of_a_variable_is_no_part_of_a_secret(written: str) -> None:
    """A variable that is filled from a file has its newline."""
    assert SecretRef(env="ONE").resolve({"ONE": written}).reveal() == "planted"


def test_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read when it is asked for."""
    reference = SecretRef(env="DIAG_TEST_SECRET")
    monkeypatch.setenv("DIAG_TEST_SECRET", "planted")
    assert reference.resolve() == SECRET
    assert str(reference) == "environment variable DIAG_TEST_SECRET"
    assert reference.resolve({"DIAG_TEST_SECRET": "other"}).reveal() == "other"


def fault_of(reference: SecretRef) -> SecretError:
    """Resolve a reference that cannot be resolved."""
    with pytest.raises(SecretError) as caught:
        reference.resolve({"EMPTY": "  "})
    return caught.value


def test_every_fault_has_its_name(tmp_path: Path) -> None:
    """Each fault is told apart, and each becomes missing evidence that says what to do."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00planted")
    (tmp_path / "large").write_bytes(b"x" * (1024 * 1024 + 1))
    os.mkfifo(tmp_path / "pipe")
    cases = {
        SecretFault.ENV_NOT_SET: SecretRef(env="NOT_SET"),
        SecretFault.ENV_EMPTY: SecretRef(env="EMPTY"),
        SecretFault.FILE_MISSING: SecretRef(file=tmp_path / "none"),
        SecretFault.FILE_EMPTY: SecretRef(file=tmp_path / "empty"),
        SecretFault.NOT_TEXT: SecretRef(file=tmp_path / "binary"),
    }
    assert {fault: fault for fault in cases} == {fault: fault_of(ref).fault for fault, ref in cases.items()}
    for name in ("pipe", "large", ""):
        assert fault_of(SecretRef(file=tmp_path / name)).fault is SecretFault.FILE_UNREADABLE
    missing = fault_of(cases[SecretFault.FILE_MISSING]).unavailable()
    assert (missing.step, missing.reason) == (Step.FILE, Reason.MISSING_FILE)
    assert f"the secret file {tmp_path}/none does not exist" == missing.detail
    assert fault_of(cases[SecretFault.ENV_EMPTY]).unavailable().reason is Reason.NOT_USABLE
    assert "planted" not in str(fault_of(cases[SecretFault.NOT_TEXT]))


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("host:1", "host:1"),
        ("user:pw@host:1", "***@host:1"),
        ("https://user:pw@host:1/x", "https://***@host:1/x"),
        ("user:p@s/s:w@host:1", "***@host:1"),
        ("@host", "***@host"),
        ("", ""),
    ],
)
def test_userinfo_in_an_address_is_masked(address: str, masked: str) -> None:
    """Everything before the last @, the scheme aside."""
    assert masked == mask_userinfo(address)
    assert masked == mask_userinfo(masked)


@pytest.mark.parametrize(
    "text", ["search-eu", "certs/Node-1/very-long-name-of-a-file.pem", "SEARCH_US_PASSWORD_PRODUCTION_001", "x" * 100]
)
def test_names_do_not_look_secret(text: str) -> None:
    """Names of clusters, files and variables are shown."""
    assert not looks_secret(text)


@pytest.mark.parametrize(
    "text", ["VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==", "-----BEGIN PRIVATE KEY-----"]
)
def test_keys_look_secret(text: str) -> None:
    """An encoded API key and a private key are masked wherever they are written by mistake."""
    assert looks_secret(text)

"""The API key of a remote: told by its looks alone, read once, and never shown."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from diag.collect.credentials import Keys, form_of
from diag.collect.material import secrets_of
from diag.config import ClusterConfig, SecretRef, load_config
from diag.model import Credential, KeyForm, Reason, SecurityModel, Unavailable
from diag.redact import Redactor

SECRET = "ui2lp2axTNmsyakw9tvNnw"
PLAIN = f"VuaCfGcBCdbkQm-e5aOx:{SECRET}"
ENCODED = base64.b64encode(PLAIN.encode()).decode()


def encode(text: str) -> str:
    """Base64 of a text."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (ENCODED, KeyForm.ENCODED),
        (ENCODED.rstrip("="), KeyForm.ENCODED),  # Java's decoder wants no padding.
        (PLAIN, KeyForm.ID_AND_SECRET),
        (f"ApiKey {ENCODED}", KeyForm.DECORATED),
        (f'"{ENCODED}"', KeyForm.DECORATED),
        (f"{ENCODED}\n", KeyForm.DECORATED),
        (f"{ENCODED[:20]} {ENCODED[20:]}", KeyForm.DECORATED),
        (f'{{"encoded": "{ENCODED}"}}', KeyForm.DECORATED),
        (encode(ENCODED), KeyForm.TWICE),
        (encode(f"{ENCODED}\n"), KeyForm.TWICE),
        ('{"api_keys": [{"id": "x"}]}', KeyForm.OTHER_JSON),
        ("", KeyForm.EMPTY),
        ("  \n", KeyForm.EMPTY),
        ("not-base64-at-all", KeyForm.NOT_BASE64),
        (SECRET, KeyForm.NO_COLON),
        ("VuaCfGcBCdbkQm-e5aOx", KeyForm.NOT_BASE64),
        (encode("no colon in here"), KeyForm.NO_COLON),
        (encode(f":{SECRET}"), KeyForm.NO_COLON),
        (encode("VuaCfGcBCdbkQm-e5aOx:short"), KeyForm.SECRET_LENGTH),
        (encode(f"{PLAIN}x"), KeyForm.SECRET_LENGTH),
        ("пароль", KeyForm.NOT_BASE64),
        ("\0", KeyForm.NOT_BASE64),
        ("a:b:c", KeyForm.NOT_BASE64),
    ],
)
def test_forms(key: str, form: KeyForm) -> None:
    """Each way in which a key is pasted wrongly is told apart."""
    assert form_of(key) is form


def config(tmp_path: Path, *keys: str) -> ClusterConfig:
    """A cluster with a remote for each key."""
    remotes = []
    for i, key in enumerate(keys):
        file = tmp_path / f"key{i}"
        file.write_text(key)
        remotes.append(
            f"      - alias: r{i}\n        mode: proxy\n        proxy_address: 'localhost:9443'\n"
            f"        credential: {{file: {file}}}\n"
        )
    path = tmp_path / "diag.yaml"
    path.write_text("clusters:\n  - name: local\n    remotes:\n" + "".join(remotes))
    return load_config(path).clusters[0]


def test_the_key_is_handed_out_and_its_looks_hold_nothing_of_it(tmp_path: Path) -> None:
    """The evidence names the file and the form; the key itself comes beside it."""
    cluster = config(tmp_path, ENCODED)
    keys = Keys(cluster)
    credential, key = keys.of(cluster.remotes[0], SecurityModel.API_KEY)
    assert key == ENCODED
    assert isinstance(credential, Credential)
    assert (credential.form, credential.shared_with) == (KeyForm.ENCODED, ())
    assert "key0" in credential.source
    for secret in (ENCODED, PLAIN, SECRET):
        assert secret not in repr(credential)
        assert secret not in repr(keys)


def test_a_key_that_several_local_clusters_share_is_told(tmp_path: Path) -> None:
    """By its id, whatever form it is stored in; two aliases of one cluster may share a key."""
    cluster = config(tmp_path, ENCODED, ENCODED, encode("other-id-other-id-ot:ui2lp2axTNmsyakw9tvNnw"))
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"encoded": ENCODED}))
    elsewhere = {"us": (SecretRef(file=answer),), "gone": (SecretRef(file=tmp_path / "nothing"),), "none": ()}
    keys = Keys(cluster, elsewhere)
    found = [keys.of(remote, SecurityModel.API_KEY)[0] for remote in cluster.remotes]
    assert [one.shared_with for one in found if isinstance(one, Credential)] == [("us",), ("us",), ()]


def test_what_is_not_sent_says_why(tmp_path: Path) -> None:
    """No key of the wrong form goes out, none to a remote of the certificate model, and none that vanished."""
    cluster = config(tmp_path, PLAIN, ENCODED, ENCODED)
    (tmp_path / "key2").unlink()
    keys = Keys(cluster)
    plain, model, gone = (
        keys.of(remote, security)[1]
        for remote, security in zip(
            cluster.remotes, (SecurityModel.API_KEY, SecurityModel.CERTIFICATE, SecurityModel.API_KEY), strict=True
        )
    )
    assert isinstance(plain, Unavailable)
    assert isinstance(model, Unavailable)
    assert isinstance(gone, Unavailable)
    assert (plain.reason, model.reason, gone.reason) == (Reason.NOT_TRIED, Reason.NOT_TRIED, Reason.MISSING_FILE)


def test_a_key_file_that_was_emptied_is_an_empty_key(tmp_path: Path) -> None:
    """A file that was emptied under a running daemon is a wrong key, not a key that nobody knows."""
    cluster = config(tmp_path, ENCODED)
    (tmp_path / "key0").write_text("\n")
    credential, key = Keys(cluster).of(cluster.remotes[0], SecurityModel.API_KEY)
    assert isinstance(credential, Credential)
    assert credential.form is KeyForm.EMPTY
    assert isinstance(key, Unavailable)


CORPUS = Path(__file__).parents[2] / "trials" / "document-cases" / "13-credential-forms"


@pytest.mark.parametrize(
    ("name", "form", "tried"),
    [
        ("json.json", KeyForm.ENCODED, True),
        ("json-pretty.json", KeyForm.ENCODED, True),
        ("apikey-prefix", KeyForm.DECORATED, False),
        ("quoted", KeyForm.DECORATED, False),
        ("raw-colon", KeyForm.ID_AND_SECRET, False),
        ("double-b64", KeyForm.TWICE, False),
    ],
)
def test_what_people_store(tmp_path: Path, name: str, form: KeyForm, *, tried: bool) -> None:
    """The whole answer of the call that makes a key is read; of anything else the form is told. Whatever is inside is a secret."""
    cluster = config(tmp_path, (CORPUS / name).read_text())
    found, key = Keys(cluster).of(cluster.remotes[0], SecurityModel.API_KEY)
    assert isinstance(found, Credential)
    assert found.form is form
    assert (key == ENCODED) is tried
    assert (found.expires is not None) is (name == "json-pretty.json")
    hidden = Redactor(secrets_of(cluster)).text(f"x {ENCODED} y {SECRET} z")
    assert SECRET not in hidden
    assert ENCODED not in hidden


def test_an_answer_with_a_byte_order_mark_or_without_encoded(tmp_path: Path) -> None:
    """PowerShell writes a mark before the text; the id and the secret beside each other are a key too."""
    answers = (
        '\ufeff{"encoded": "' + ENCODED + '"}',
        json.dumps(dict(zip(("id", "api_key"), PLAIN.split(":"), strict=True))),
    )
    cluster = config(tmp_path, *answers)
    keys = Keys(cluster)
    assert [keys.of(remote, SecurityModel.API_KEY)[1] for remote in cluster.remotes] == [ENCODED, ENCODED]

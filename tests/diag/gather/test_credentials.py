"""The API key of a remote: told by its looks alone, read once, and never shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from diag.config import ClusterConfig, load_config
from diag.gather.credentials import Keys, form_of
from diag.model import Credential, KeyForm, Reason, SecurityModel, Unavailable

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


def test_a_key_that_several_remotes_share_is_told(tmp_path: Path) -> None:
    """Remotes with the same key name each other; one with another key stands alone."""
    cluster = config(tmp_path, ENCODED, ENCODED, encode("other-id-other-id-ot:ui2lp2axTNmsyakw9tvNnw"))
    keys = Keys(cluster)
    found = [keys.of(remote, SecurityModel.API_KEY)[0] for remote in cluster.remotes]
    assert [one.shared_with for one in found if isinstance(one, Credential)] == [("r1",), ("r0",), ()]


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

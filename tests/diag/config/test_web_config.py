"""The file of the web side: what its format allows is taken, anything else is refused with its place and no secret in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import diag
from diag.config import ConfigError
from diag.config.web_config import Cipher, ClientAuth, Curve, TlsVersion, load_web_config

EXAMPLE = (Path(diag.__file__).parent.parent / "web.example.yaml").read_text()
HASH = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"
TLS = "tls_server_config: {cert_file: a.pem, key_file: a.pem"


def load(folder: Path, text: str) -> object:
    """Load a text, beside a file that it may name."""
    (folder / "a.pem").write_text("x")
    (folder / "web.yaml").write_text(text)
    return load_web_config(folder / "web.yaml")


def test_the_example(tmp_path: Path) -> None:
    """It loads with the files that it names, and shows what there is."""
    for name in re.findall(r"certs/[\w.]+", EXAMPLE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "web.yaml").write_text(EXAMPLE)
    made = load_web_config(tmp_path / "web.yaml")
    tls = made.tls_server_config
    assert tls.cert_file == tmp_path / "certs/web.pem"
    assert (tls.client_auth_type, tls.min_version) == (ClientAuth.VERIFY, TlsVersion.TLS12)
    assert tls.curve_preferences == (Curve.X25519,)
    assert tls.cipher_suites == (Cipher.ECDHE_ECDSA_AES_256_GCM, Cipher.ECDHE_RSA_AES_256_GCM)
    assert list(made.basic_auth_users) == ["prometheus"]
    for key in type(tls).model_fields:
        assert key in EXAMPLE or key in {"cert", "key", "client_ca"}


@pytest.mark.parametrize(
    "text", ["", "# nothing\n\n", "tls_server_config:\nbasic_auth_users:\nhttp_server_config:\n", "{}"]
)
def test_nothing_said_is_nothing_guarded(tmp_path: Path, text: str) -> None:
    """As for the exporters: no TLS, no login."""
    made = load_web_config(_written(tmp_path, text))
    assert (made.tls_server_config.enabled, made.basic_auth_users) == (False, {})


def _written(folder: Path, text: str) -> Path:
    (folder / "web.yaml").write_text(text)
    return folder / "web.yaml"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tls_config: {}", "1:1: tls_config: unknown key; did you mean 'tls_server_config'?"),
        ("rate_limit: {burst: 1}", "rate_limit: unknown key"),
        ("tls_server_config: {cert: x, kye: y}", "unknown key"),
        ("tls_server_config: {cert_file: a.pem}", "expected key_file or key"),
        ("tls_server_config: {key_file: a.pem}", "expected cert_file or cert"),
        ("tls_server_config: {client_auth_type: RequireAndVerifyClientCert}", "expected cert_file or cert"),
        ("tls_server_config: {cert_file: gone.pem, key_file: a.pem}", "expected a file that can be read"),
        (f"{TLS}, cert: x}}", "expected cert or cert_file, not both"),
        (f"{TLS}, client_ca_file: a.pem}}", "expected client_auth_type RequireAndVerifyClientCert"),
        (f"{TLS}, client_auth_type: RequireAndVerifyClientCert}}", "expected client_ca_file together"),
        (f"{TLS}, client_auth_type: RequireAnyClientCert}}", "a certificate that nobody verifies proves nothing"),
        (f"{TLS}, client_auth_type: RequireAndVerify}}", "did you mean 'RequireAndVerifyClientCert'?"),
        (f"{TLS}, client_allowed_sans: [x]}}", "together with client_allowed_sans"),
        (f"{TLS}, min_version: TLS13, max_version: TLS12}}", "expected min_version to be at most max_version"),
        (f"{TLS}, min_version: SSL30}}", "expected TLS10, TLS11, TLS12 or TLS13"),
        (f"{TLS}, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}}", "cipher_suites"),
        (f"{TLS}, curve_preferences: [CurveP256, X25519]}}", "expected one entry of curve_preferences"),
        ("http_server_config: {headers: {X-Other: x}}", "expected headers among Content-Security-Policy"),
        ("http_server_config: {headers: {X-Frame-Options: never}}", "expected deny or sameorigin"),
        ('http_server_config: {headers: {Content-Security-Policy: "a\\r\\nx: y"}}', "expected printable ASCII"),
        ("basic_auth_users: {a: geheim}", "expected a hash of bcrypt"),
        (f"basic_auth_users: {{a: {HASH[:-1]}}}", "expected a hash of bcrypt"),
        (
            f"basic_auth_users: {{a: {HASH.replace('$10$', '$31$')}}}",
            "expected a hash of bcrypt with a cost from 4 to 17",
        ),
        ("[]", "expected a mapping"),
        ("tls_server_config: &a [*a]", "web.yaml"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """With what was expected."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert "web.yaml" in str(caught.value)
    for secret in ("geheim", HASH[7:30]):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("name", ["yes", "1", "null ", "user:x"])
def test_names_of_users_are_texts(tmp_path: Path, name: str) -> None:
    """Whatever YAML would make of them."""
    made = load_web_config(_written(tmp_path, f'basic_auth_users: {{"{name}": {HASH}}}'))
    assert made.basic_auth_users == {name: HASH}


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """Is said as such."""
    with pytest.raises(ConfigError, match="does not exist"):
        load_web_config(tmp_path / "web.yaml")

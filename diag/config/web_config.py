"""The file that guards the web side, in the format that Prometheus and its exporters share (``--web.config.file``)."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from diag.config.base import Model
from diag.config.form import Field, model_validator
from diag.config.load import load_model
from diag.config.readers import AfterValidator, BeforeValidator, refuse
from diag.config.values import Entries, File, Flag, Name, OptionalItems, Setting, one_of

# Values and defaults: prometheus/exporter-toolkit, docs/web-configuration.md and web/tls_config.go.
_HASH: Final = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
_COSTS: Final = range(4, 18)  # Above, one login takes many seconds of a core.
_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Content-Security-Policy": (),
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
}


class TlsVersion(StrEnum):
    """A release of TLS."""

    TLS10 = "TLS10"
    TLS11 = "TLS11"
    TLS12 = "TLS12"
    TLS13 = "TLS13"


class ClientAuth(StrEnum):
    """What is asked of a client's certificate."""

    NONE = "NoClientCert"
    REQUEST = "RequestClientCert"
    REQUIRE_ANY = "RequireAnyClientCert"
    REQUIRE = "RequireClientCert"
    VERIFY_IF_GIVEN = "VerifyClientCertIfGiven"
    VERIFY = "RequireAndVerifyClientCert"


class Curve(StrEnum):
    """A group of the key exchange."""

    P256 = "CurveP256"
    P384 = "CurveP384"
    P521 = "CurveP521"
    X25519 = "X25519"


class Cipher(StrEnum):
    """A cipher suite by its registered name; those of TLS 1.3 can't be chosen, and are always on."""

    TLS_AES_128_GCM_SHA256 = "TLS_AES_128_GCM_SHA256"
    TLS_AES_256_GCM_SHA384 = "TLS_AES_256_GCM_SHA384"
    TLS_CHACHA20_POLY1305_SHA256 = "TLS_CHACHA20_POLY1305_SHA256"
    ECDHE_ECDSA_AES_128_CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
    ECDHE_ECDSA_AES_256_CBC = "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"
    ECDHE_RSA_AES_128_CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
    ECDHE_RSA_AES_256_CBC = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"
    ECDHE_ECDSA_AES_128_GCM = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    ECDHE_ECDSA_AES_256_GCM = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    ECDHE_RSA_AES_128_GCM = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    ECDHE_RSA_AES_256_GCM = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    ECDHE_ECDSA_CHACHA20 = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
    ECDHE_RSA_CHACHA20 = "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"


def _hash(value: str) -> str:
    matched = _HASH.fullmatch(value)
    if matched is None:
        msg = "expected a hash of bcrypt, which begins with $2a$, $2b$ or $2y$: htpasswd -nBC 10 USER prints one"
        raise refuse(msg)
    if int(matched[1]) not in _COSTS:
        msg = f"expected a hash of bcrypt with a cost from {_COSTS[0]} to {_COSTS[-1]}"
        raise refuse(msg)
    return value


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if name not in _HEADERS:
            msg = f"expected headers among {', '.join(_HEADERS)}"
            raise refuse(msg)
        if (allowed := _HEADERS[name]) and text and text not in allowed:
            msg = f"expected {' or '.join(allowed)} for {name}"
            raise refuse(msg)
        if not (text.isascii() and text.isprintable()):
            msg = f"expected printable ASCII characters for {name}"
            raise refuse(msg)
    return value


def _client_auth(value: ClientAuth) -> ClientAuth:
    if value in {ClientAuth.REQUIRE_ANY, ClientAuth.REQUIRE}:
        msg = f"expected {ClientAuth.VERIFY}: a certificate that nobody verifies proves nothing, and is not supported"
        raise refuse(msg)
    return value


PasswordHash = Annotated[Name, AfterValidator(_hash)]
_OneCipher = Annotated[Cipher, BeforeValidator(one_of(Cipher))]
_OneCurve = Annotated[Curve, BeforeValidator(one_of(Curve))]
_Version = Annotated[TlsVersion, BeforeValidator(one_of(TlsVersion))]
_ClientAuth = Annotated[ClientAuth, BeforeValidator(one_of(ClientAuth)), AfterValidator(_client_auth)]


class TlsServer(Model):
    """TLS of the web side."""

    cert: Setting = Field(default="", description="The certificate and its chain, as PEM text.")
    key: Setting = Field(default="", description="Its private key, as PEM text.")
    client_ca: Setting = Field(default="", description="The CAs of clients, as PEM text.")
    cert_file: File | None = None
    key_file: File | None = None
    client_ca_file: File | None = None
    client_auth_type: _ClientAuth = ClientAuth.NONE
    client_allowed_sans: OptionalItems[Name] = ()
    cipher_suites: OptionalItems[_OneCipher] = ()
    curve_preferences: OptionalItems[_OneCurve] = ()
    min_version: _Version = TlsVersion.TLS12
    max_version: _Version = TlsVersion.TLS13
    prefer_server_cipher_suites: Flag = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        has_ca = bool(self.client_ca or self.client_ca_file)
        for wrong, msg in (
            (self.enabled and not (self.cert or self.cert_file), "expected cert_file or cert"),
            (self.enabled and not (self.key or self.key_file), "expected key_file or key"),
            (bool(self.cert and self.cert_file), "expected cert or cert_file, not both"),
            (bool(self.key and self.key_file), "expected key or key_file, not both"),
            (bool(self.client_ca and self.client_ca_file), "expected client_ca or client_ca_file, not both"),
            (
                has_ca and self.client_auth_type not in _VERIFYING,
                f"expected client_auth_type {ClientAuth.VERIFY} together with the CAs of clients",
            ),
            (
                self.client_auth_type in _VERIFYING and not has_ca,
                f"expected client_ca_file together with client_auth_type {self.client_auth_type}",
            ),
            (
                bool(self.client_allowed_sans) and self.client_auth_type is not ClientAuth.VERIFY,
                f"expected client_auth_type {ClientAuth.VERIFY} together with client_allowed_sans",
            ),
            (self.min_version > self.max_version, "expected min_version to be at most max_version"),
            (
                len(self.curve_preferences) > 1,
                "expected one entry of curve_preferences: an order of several can't be set here",
            ),
        ):
            if wrong:
                raise refuse(msg)
        return self

    @property
    def enabled(self) -> bool:
        """Whether TLS is configured at all."""
        named = (self.cert, self.key, self.client_ca, self.cert_file, self.key_file, self.client_ca_file)
        return any(named) or self.client_auth_type is not ClientAuth.NONE


_VERIFYING: Final = frozenset({ClientAuth.VERIFY, ClientAuth.VERIFY_IF_GIVEN})


class HttpServer(Model):
    """HTTP of the web side."""

    http2: Flag = Field(default=True, description="Taken, and without effect: HTTP/1.1 is spoken.")
    headers: Annotated[Entries[Setting], AfterValidator(_headers)] = Field(
        default={}, description="Headers of every answer; an empty one is not sent."
    )


class WebConfig(Model):
    """The whole file."""

    tls_server_config: TlsServer = TlsServer()
    http_server_config: HttpServer = HttpServer()
    basic_auth_users: Entries[PasswordHash] = Field(
        default={}, description="User names, and the hashes of their passwords as bcrypt makes them."
    )


def load_web_config(path: Path) -> WebConfig:
    """Read the file, and see that the files it names are there. Raises ConfigError with everything that is wrong."""
    return load_model(WebConfig, path)

"""The settings of Elasticsearch that concern remote clusters: their keys, the form of their values, and by what they can be changed.

Keys, forms and whether a setting is dynamic were taken from the classes of 7.17.28, 8.19.0 and 9.2.0, which register them
(``ClusterSettings``, ``XPackSettings``), and tried on these.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from typing import Final

from diag.model import API_KEY_EXISTS, CREDENTIALS, REMOTE_SETTINGS, SIGNING, Version, dataclass, nearest

ALIAS: Final = "<alias>"
_REMOTE: Final = f"cluster.remote.{ALIAS}."
_ALIAS_PATTERN: Final = r"[-\w]+"
# Before 8.0 there was a setting in the place of the role remote_cluster_client, and the first names of all settings of remotes were taken.
_ROLES_ALONE: Final = Version(8, 0)


class Form(StrEnum):
    """The form of a value; the text says what is expected."""

    ANY = "anything"
    FLAG = "true or false"
    TIME = "a time with its unit, such as 30s"
    SIZE = "a size with its unit, such as 64kb"
    NUMBER = "a whole number"
    WORD = "one of a few words"
    TEXT = "one text"  # Where a list stands for one, its brackets are part of the text.


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSetting:
    """One setting. ``minimum`` and ``maximum`` bound a number or a time, ``words`` are those that a value may be, in any case.

    ``dynamic``: a request changes it while the cluster runs. ``secure``: it belongs into the keystore. ``since`` is the first release
    that knows it, ``until`` the first that knows it no more.
    """

    key: str
    form: Form = Form.ANY
    minimum: int | None = None
    maximum: int | None = None
    words: tuple[str, ...] = ()
    dynamic: bool = False
    secure: bool = False
    since: Version | None = None
    until: Version | None = None

    def known_to(self, release: Version | None) -> bool:
        """Whether a release knows it; where no release is declared, whether the newest does."""
        if release is None:
            return self.until is None
        return (self.since is None or release >= self.since) and (self.until is None or release < self.until)


def _flag(key: str) -> KnownSetting:
    return KnownSetting(key=key, form=Form.FLAG)


def _number(key: str, minimum: int, maximum: int | None = None) -> KnownSetting:
    return KnownSetting(key=key, form=Form.NUMBER, minimum=minimum, maximum=maximum)


def _word(key: str, *words: str) -> KnownSetting:
    return KnownSetting(key=key, form=Form.WORD, words=words)


_FORMS: Final = {
    one.key: one
    for one in (
        _word("mode", "sniff", "proxy"),
        KnownSetting(key="proxy_address", form=Form.TEXT),
        KnownSetting(key="server_name", form=Form.TEXT),
        _flag("skip_unavailable"),
        _number("proxy_socket_connections", 1),
        _number("node_connections", 1),
        KnownSetting(key="transport.ping_schedule", form=Form.TIME),
        _word("transport.compress", "true", "false", "indexing_data"),
        _word("transport.compression_scheme", "lz4", "deflate"),
    )
}
_OF_A_REMOTE: Final = tuple(
    replace(_FORMS.get(one.key, KnownSetting(key="")), key=f"{_REMOTE}{one.key}", dynamic=True, since=one.since)
    for one in REMOTE_SETTINGS
)
_OF_ALL_REMOTES: Final = (
    KnownSetting(key="cluster.remote.initial_connect_timeout", form=Form.TIME, minimum=0),
    _number("cluster.remote.connections_per_cluster", 1),
    KnownSetting(key="cluster.remote.node.attr"),
    replace(_flag("cluster.remote.connect"), until=_ROLES_ALONE),
    replace(_flag("node.remote_cluster_client"), until=_ROLES_ALONE),
)
_OF_THE_SERVER: Final = (
    _flag("remote_cluster_server.enabled"),
    KnownSetting(key="remote_cluster.host"),
    KnownSetting(key="remote_cluster.bind_host"),
    KnownSetting(key="remote_cluster.publish_host"),
    _number("remote_cluster.port", 0, 65535),
    _number("remote_cluster.publish_port", -1),
    KnownSetting(key="remote_cluster.max_request_header_size", form=Form.SIZE),
    _flag("remote_cluster.tcp.keep_alive"),
    _number("remote_cluster.tcp.keep_idle", -1, 300),
    _number("remote_cluster.tcp.keep_interval", -1, 300),
    _number("remote_cluster.tcp.keep_count", -1),
    _flag("remote_cluster.tcp.no_delay"),
    _flag("remote_cluster.tcp.reuse_address"),
    KnownSetting(key="remote_cluster.tcp.send_buffer_size", form=Form.SIZE),
)
_TLS: Final = (
    _flag("enabled"),
    _word("verification_mode", "full", "certificate", "none"),
    _word("client_authentication", "required", "optional", "none"),
    *(
        KnownSetting(key=key)
        for key in (
            "supported_protocols",
            "cipher_suites",
            "key",
            "certificate",
            "certificate_authorities",
            "keystore.path",
            "keystore.type",
            "keystore.algorithm",
            "truststore.path",
            "truststore.type",
            "truststore.algorithm",
            "trust_restrictions.path",
            "trust_restrictions.x509_fields",
        )
    ),
    KnownSetting(key="handshake_timeout", form=Form.TIME, minimum=0, since=Version(9, 0)),
    *(
        KnownSetting(key=key, secure=True)
        for key in (
            "secure_key_passphrase",
            "keystore.secure_password",
            "keystore.secure_key_password",
            "truststore.secure_password",
        )
    ),
)
# Passwords in clear text are taken for the transport interface alone.
_IN_CLEAR: Final = tuple(
    KnownSetting(key=key)
    for key in ("key_passphrase", "keystore.password", "keystore.key_password", "truststore.password")
)
TRANSPORT_TLS: Final = "xpack.security.transport.ssl."
CLIENT_TLS: Final = "xpack.security.remote_cluster_client.ssl."
SERVER_TLS: Final = "xpack.security.remote_cluster_server.ssl."


def _tls(prefix: str, rows: tuple[KnownSetting, ...], since: Version | None) -> tuple[KnownSetting, ...]:
    return tuple(replace(one, key=f"{prefix}{one.key}", since=one.since or since) for one in rows)


SETTINGS: Final = (
    *_OF_A_REMOTE,
    KnownSetting(key=f"{_REMOTE}{CREDENTIALS}", secure=True, since=API_KEY_EXISTS.since),
    *_OF_ALL_REMOTES,
    *(replace(one, since=API_KEY_EXISTS.since) for one in _OF_THE_SERVER),
    *_tls(TRANSPORT_TLS, (*_TLS, *_IN_CLEAR), None),
    *_tls(CLIENT_TLS, _TLS, API_KEY_EXISTS.since),
    *_tls(SERVER_TLS, _TLS, API_KEY_EXISTS.since),
)
# Settings of others that are judged by the form of their value alone, and are not changed by a request.
_FURTHER: Final = (
    _flag("xpack.security.enabled"),
    _flag("xpack.security.fips_mode.enabled"),
    KnownSetting(key="node.roles"),
    KnownSetting(key="transport.port"),
    KnownSetting(key="transport.host"),
    KnownSetting(key="network.host"),
)
# Everything that begins so is a setting that concerns remotes: what is not in the table is none of Elasticsearch's.
_PREFIXES: Final = (
    "cluster.remote.",
    "search.remote.",
    "node.remote_cluster",
    "remote_cluster.",
    "remote_cluster_server.",
    TRANSPORT_TLS,
    CLIENT_TLS.removesuffix("ssl."),
    SERVER_TLS.removesuffix("ssl."),
)
# Beginnings near to these, and what was meant: no release has a setting that begins so (asked of the classes of 8.19.0).
_SLIPS: Final = {
    "cluster.remotes.": "cluster.remote.",
    "clusters.remote.": "cluster.remote.",
    "cluster.remote_cluster.": "cluster.remote.",
    "cluster.remote_clusters.": "cluster.remote.",
    "cluster_remote.": "cluster.remote.",
    "remote.cluster.": "cluster.remote.",
    "remote_clusters.": "cluster.remote.",
    "remote_cluster_client.ssl.": CLIENT_TLS,
    "transport.ssl.": TRANSPORT_TLS,
    "xpack.security.ssl.": TRANSPORT_TLS,
    "xpack.security.transport.enabled": f"{TRANSPORT_TLS}enabled",
    "xpack.security.transport.tls.": TRANSPORT_TLS,
    "xpack.security.transport.trust_restrictions.": f"{TRANSPORT_TLS}trust_restrictions.",
}
# The former names of settings of remotes, which are taken up to 7.17 (asked of its classes).
_FORMER: Final = "search.remote."
_OF_FORMER: Final = frozenset({"seeds", "skip_unavailable", "proxy"})
_SIGNING: Final = re.compile(rf"cluster\.remote\.(?:{_ALIAS_PATTERN}\.)?{re.escape(SIGNING)}.+")
_PLAIN: Final = {one.key: one for one in (*SETTINGS, *_FURTHER) if ALIAS not in one.key}
_OF_ALIAS: Final = {one.key.removeprefix(_REMOTE): one for one in SETTINGS if ALIAS in one.key}
_ALIASED: Final = re.compile(rf"cluster\.remote\.(?P<alias>{_ALIAS_PATTERN})\.(?P<key>.+)")
# 9.2.0 takes them already, one release before what they are for.
_SIGNED: Final = KnownSetting(key="", dynamic=True, since=Version(9, 2))


def is_judged(key: str) -> bool:
    """Whether a key is one of those that the table holds completely."""
    return key.startswith((*_PREFIXES, *_SLIPS))


def known_setting(key: str) -> KnownSetting | None:
    """The setting of a key, whatever release knows it; None where there is none."""
    if _SIGNING.fullmatch(key):
        return replace(_SIGNED, key=key, secure=".secure_" in key)
    if key.startswith(_FORMER):
        return _former(key)
    found = _ALIASED.fullmatch(key)
    return _PLAIN.get(key) or (_OF_ALIAS.get(found["key"]) if found else None)


def _former(key: str) -> KnownSetting | None:
    """The setting that one under its former name is."""
    now = f"cluster.remote.{key.removeprefix(_FORMER)}"
    found = _ALIASED.fullmatch(now)
    known = _PLAIN.get(now) or (_OF_ALIAS.get(found["key"]) if found and found["key"] in _OF_FORMER else None)
    return replace(known, until=_ROLES_ALONE) if known else None


def nearest_key(key: str) -> str:
    """The key that was most likely meant; empty where none is alike."""
    slip = next((one for one in _SLIPS if key.startswith(one)), "")
    if slip:
        return _SLIPS[slip] + key.removeprefix(slip)
    found = _ALIASED.fullmatch(key)
    if found is not None and key.startswith("cluster.remote."):
        close = next(iter(nearest(found["key"], tuple(_OF_ALIAS))), "")
        return f"cluster.remote.{found['alias']}.{close}" if close else ""
    prefix = next((one for one in _PREFIXES if key.startswith(one)), "")
    names = {one.removeprefix(prefix): one for one in _PLAIN if one.startswith(prefix)}
    close = next(iter(nearest(key.removeprefix(prefix), tuple(names))), "")
    return names.get(close, "")


def expected_of(known: KnownSetting) -> str:
    """What a value of a setting has to be, in words."""
    if known.form is Form.WORD:
        *first, last = known.words
        return f"{', '.join(first)} or {last}"
    if known.form is not Form.NUMBER:
        return str(known.form)
    return f"{known.form} from {known.minimum}" + (f" to {known.maximum}" if known.maximum is not None else " up")


_TIME: Final = re.compile(r"\+?\d+ *(?:nanos|micros|ms|s|m|h|d)", re.IGNORECASE)
_SIZE: Final = re.compile(r"\d+(?:\.\d+)? *(?:b|k|kb|m|mb|g|gb|t|tb|p|pb)", re.IGNORECASE)


def fits(known: KnownSetting, text: str) -> bool:
    """Whether Elasticsearch takes a text as a value of this setting."""
    match known.form:
        case Form.FLAG:
            return text in {"true", "false"}
        case Form.TIME:
            return _is_time(text.strip()) and not (known.minimum == 0 and text.strip().startswith("-"))
        case Form.SIZE:
            return text.strip() in {"0", "-1"} or bool(_SIZE.fullmatch(text.strip()))
        case Form.NUMBER:
            return bool(re.fullmatch(r"[-+]?\d{1,10}", text)) and _within(known, int(text))
        case Form.WORD:
            return text.lower() in known.words
        case _:
            return True


def _is_time(text: str) -> bool:
    """Without a unit there is nothing but zero and minus one; M would be a month, so that minutes have a small m."""
    return bool(re.fullmatch(r"0+|-0*1", text) or (_TIME.fullmatch(text) and not re.search(r"\d *M$", text)))


def _within(known: KnownSetting, number: int) -> bool:
    return (known.minimum is None or number >= known.minimum) and (known.maximum is None or number <= known.maximum)

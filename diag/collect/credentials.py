"""The API key of a remote: what it looks like, and the key itself for the wire alone."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from diag.config import ClusterConfig, RemoteConfig, SecretError, SecretRef
from diag.config.secrets import SecretFault
from diag.evidence import encoded_key
from diag.evidence.address.probe import NO_KEY
from diag.evidence.reading import moment
from diag.lazy_dataclass import dataclass
from diag.model import Credential, KeyForm, Reason, SecurityModel, Step, Unavailable

# The generated secret of a cross-cluster key (ApiKeyService): the peer refuses any other length before it looks the key up.
_SECRET_LENGTH: Final = 22
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_AROUND: Final = re.compile(r"""\s|^["']|["']$|^ApiKey\b|^[{\[]""", re.IGNORECASE)
_NO_ADDRESS: Final[Mapping[str, Sequence[SecretRef]]] = {}
_KEY_LIKE: Final = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_EMPTY: Final = {SecretFault.FILE_EMPTY, SecretFault.ENV_EMPTY}
_BARE: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class _Read:
    """A key as it was found: what the wire takes, and what else the stored answer says. Never printed."""

    key: str
    expires: datetime | None = None


def keys_in(text: str) -> tuple[str, ...]:
    """Every spelling of the key inside of what is stored: of an answer in JSON, of base64 in base64. All of them are secrets."""
    answer = _answer(text)
    inside = [one for name in ("encoded", "api_key") if isinstance(one := answer.get(name), str) and one]
    once = encoded_key.inside(text.strip())
    inside += [once] if once and form_of(once) is KeyForm.ENCODED else []
    bare = "".join(text.split())
    return (*inside, *_KEY_LIKE.findall(bare.removeprefix("ApiKey")), *_KEY_LIKE.findall(text))


def _answer(text: str) -> dict[str, object]:
    """The answer of the call that makes a key, where the whole of it is stored; empty where it is something else."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return {}
    try:
        reported = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return reported if isinstance(reported, dict) else {}


def _read(text: str) -> _Read:
    """Take the key out of a stored answer; else the text is the key, whatever it looks like."""
    answer = _answer(text)
    encoded, id_, secret = (answer.get(name) for name in ("encoded", "id", "api_key"))
    if isinstance(encoded, str) and encoded:
        return _Read(encoded, moment(answer.get("expiration")))
    if isinstance(id_, str) and isinstance(secret, str) and id_ and secret:
        return _Read(encoded_key.encoded(id_, secret), moment(answer.get("expiration")))
    return _Read(text)


@dataclass(frozen=True, slots=True)
class _KeptId:
    """The id of a key, which is no secret, and until when it is taken for that of the reference. That is held: its identity is the key."""

    reference: SecretRef
    key_id: str
    until: float


_KEPT_SECONDS: Final = 60.0
_MAX_IDS: Final = 100_000
_IDS: Final = dict[int, _KeptId]()


class Keys:
    """The API keys of all remotes of a local cluster, each read once in a round. Never printed, never kept."""

    def __init__(self, cluster: ClusterConfig, elsewhere: Mapping[str, Sequence[SecretRef]] = _NO_ADDRESS) -> None:
        references = {one.alias: one.credential for one in cluster.remotes if one.credential is not None}
        self._read = {alias: _reveal(reference) for alias, reference in references.items()}
        self._keys = {alias: one if isinstance(one, Unavailable) else one.key for alias, one in self._read.items()}
        with_key = any(isinstance(key, str) and key for key in self._keys.values())
        self._elsewhere = _by_key(elsewhere) if with_key else {}

    def of(self, remote: RemoteConfig, model: SecurityModel) -> tuple[Credential | Unavailable, str | Unavailable]:
        """Give the looks of a remote's key as evidence, and the key to try, or why there is none."""
        key = self._keys.get(remote.alias, NO_KEY)
        if isinstance(key, Unavailable):
            return key, key
        form = form_of(key)
        shared = self._elsewhere.get(encoded_key.key_id(key), ())
        read = self._read[remote.alias]
        credential = Credential(
            source=str(remote.credential),
            form=form,
            shared_with=tuple(sorted(shared)),
            expires=read.expires if isinstance(read, _Read) else None,
        )
        if model is not SecurityModel.API_KEY:
            return credential, _not_tried("the security model of this remote is certificate")
        if form is not KeyForm.ENCODED:
            return credential, _not_tried("it is not in the encoded form")
        return credential, key


def form_of(key: str) -> KeyForm:
    """Tell what a key looks like; the keystore needs base64 of ``id:secret``."""
    if not key.strip():
        return KeyForm.EMPTY
    if _AROUND.search(key):
        return KeyForm.OTHER_JSON if _answer(key) and not _answer(key).get("encoded") else KeyForm.DECORATED
    if not _BASE64.fullmatch(key):
        bare = _BARE.fullmatch(key) and key.count(":") == 1 and all(key.split(":"))
        return KeyForm.ID_AND_SECRET if bare else KeyForm.NOT_BASE64
    decoded = encoded_key.inside(key)
    if not decoded:
        # The id or the secret alone is base64, of bytes that are no text.
        return KeyForm.NO_COLON if len(key) in {20, _SECRET_LENGTH} else KeyForm.NOT_BASE64
    identifier, colon, secret = decoded.partition(":")
    if not colon or not identifier:
        return KeyForm.TWICE if ":" in encoded_key.inside(decoded.strip()) else KeyForm.NO_COLON
    return KeyForm.ENCODED if len(secret) == _SECRET_LENGTH else KeyForm.SECRET_LENGTH


def _by_key(elsewhere: Mapping[str, Sequence[SecretRef]]) -> Mapping[str, Sequence[str]]:
    """The other local clusters by the id of each of their keys."""
    found = defaultdict[str, list[str]](list)
    for name, others in elsewhere.items():
        for key_id in {_id_of(one) for one in others} - {""}:
            found[key_id].append(name)
    return found


def _id_of(reference: SecretRef) -> str:
    """The id of a key of another local cluster; empty where it can't be read.

    It is kept for a minute: of thousands of clusters each would read the keys of all others in each of its rounds.
    """
    now = time.monotonic()
    kept = _IDS.get(id(reference))
    if kept is None or kept.until < now:
        if len(_IDS) >= _MAX_IDS:
            _IDS.clear()
        read = _reveal(reference)
        key_id = "" if isinstance(read, Unavailable) else encoded_key.key_id(read.key)
        kept = _IDS[id(reference)] = _KeptId(reference, key_id, now + _KEPT_SECONDS)
    return kept.key_id


def _reveal(reference: SecretRef) -> _Read | Unavailable:
    try:
        return _read(reference.resolve().reveal())
    except SecretError as error:
        # What is there and empty is a key that is wrong, and no key that is not known.
        return _Read("") if error.fault in _EMPTY else error.unavailable()


def _not_tried(why: str) -> Unavailable:
    return Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_TRIED, detail=f"the key was not tried: {why}")

"""Basic login by hashes of bcrypt, which are slow on purpose: each pair of user and password is worked out once, and few at a time."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

import bcrypt

from diag.web.backend import BusyError

MAX_KEPT: Final = 128  # Pairs whose answer is kept.
MAX_WAITING: Final = (
    16  # And pairs that wait to be worked out: who guesses must not take the processor from the rounds.
)
_MAX_PASSWORD_BYTES: Final = 72  # bcrypt takes no more.
# Compared with where there is no such user, so that the time of an answer does not tell who there is.
_NOBODY: Final = "$2b$10$EIkpQA2zN6hCR6OiMb/I0O2C.ivNX/mPp9lz.3H9O.gawRIKcsUby"  # Of 32 random bytes that nobody kept.

Users = Callable[[], Mapping[str, str]]


class Logins:
    """Who may come in. ``users`` gives the hash of each user as it is now; without any, everybody may."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._key = secrets.token_bytes(32)
        self._kept = OrderedDict[bytes, bool]()
        self._slot = asyncio.Semaphore(1)
        self._waiting = 0

    @property
    def needed(self) -> bool:
        """Whether anybody has to log in."""
        return bool(self._users())

    async def allows(self, authorization: str) -> bool:
        """Whether the header of a request names a user and the right password. Raises BusyError while too many are tried."""
        user, password = _basic(authorization)
        if user is None:
            return False
        expected = self._users().get(user)
        known = expected or _NOBODY
        # A change of the password changes the hash, and with it the place where the answer is kept.
        pair = repr((user, known, password)).encode()
        place = hmac.digest(self._key, pair, hashlib.sha256)
        right = self._kept.get(place)
        if right is None:
            right = await self._compare(password, known)
            self._keep(place, right=right)
        return right and expected is not None

    async def _compare(self, password: str, known: str) -> bool:
        if self._waiting >= MAX_WAITING:
            msg = "too many logins are tried at a time; try again later"
            raise BusyError(msg)
        self._waiting += 1
        try:
            async with self._slot:
                return await asyncio.to_thread(_is_right, password, known)
        finally:
            self._waiting -= 1

    def _keep(self, place: bytes, *, right: bool) -> None:
        self._kept[place] = right
        if len(self._kept) > MAX_KEPT:
            # Wrong ones go first: who guesses must not make the right ones slow.
            wrong = next((one for one, was_right in self._kept.items() if not was_right), None)
            self._kept.pop(next(iter(self._kept)) if wrong is None else wrong)


def _is_right(password: str, known: str) -> bool:
    given = password.encode("utf-8", "surrogatepass")
    usable = len(given) <= _MAX_PASSWORD_BYTES and b"\0" not in given
    try:
        return bcrypt.checkpw(given if usable else b"", known.encode()) and usable
    except ValueError:
        return False


def _basic(authorization: str) -> tuple[str | None, str]:
    """User and password of a header (RFC 7617); None where there are none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None, ""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None, ""
    user, colon, password = text.partition(":")
    return (user, password) if colon else (None, "")

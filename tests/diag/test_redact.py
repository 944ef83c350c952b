"""Planted secrets do not come back, in whichever spelling and however deep."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model import Address, Finding, Remote, Severity, TlsAttempt, TlsResult
from diag.redact import Redactor
from diag.sieve import Sieve

PASSWORD = 'p/l&a "n" ted+ü\\1'
KEY_ID, KEY = "VuaCfGcBCdbkQm-e5aOx", "ui2lp2axTNmsyakw9tvNnw"
ENCODED = base64.b64encode(f"{KEY_ID}:{KEY}".encode()).decode()


@pytest.mark.parametrize(
    "spelling",
    [
        PASSWORD,
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        re.sub("%..", lambda found: found[0].lower(), quote(PASSWORD, safe="")),
        quote_plus(PASSWORD),
        json.dumps(PASSWORD),
        json.dumps(PASSWORD).replace("/", "\\/"),
        json.dumps(PASSWORD, ensure_ascii=False),
        repr(PASSWORD),
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.b64encode(PASSWORD.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(PASSWORD.encode()).decode(),
        PASSWORD.encode().hex(),
        PASSWORD.encode().hex().upper(),
    ],
)
def test_every_spelling_is_masked(spelling: str) -> None:
    """Alone, in a sentence, and twice."""
    redact = Redactor([PASSWORD])
    bare = spelling.strip("\"'")
    for text in (bare, f"user:{bare}@host", f"<{bare}>{bare}"):
        assert bare not in redact.text(text)
        assert "***" in redact.text(text)
    assert redact.text(f"user:{bare}@host") == "user:***@host"


@pytest.mark.parametrize("form", [KEY, f"{KEY_ID}:{KEY}", ENCODED, KEY.encode().hex(), quote(KEY, safe="")])
@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase], ids=["lower", "upper", "swapped"])
def test_a_long_secret_is_masked_in_any_case(form: str, change: Callable[[str], str]) -> None:
    """The name of a host is lower-cased on its way; what stands around it is kept as it is."""
    text = f"No address for {change(form)}.Example.com, nor for {form}"
    assert Redactor([ENCODED]).text(text) == "No address for ***.Example.com, nor for ***"


@pytest.mark.parametrize("secret", ["elastic", "elasticsearch", "Straße-12", "s3cret-Word"])
def test_a_word_is_masked_as_it_is_written(secret: str) -> None:
    """In another case it may stand in any sentence."""
    text = f"{secret} {secret.swapcase()}"
    assert Redactor([secret]).text(text) == f"*** {secret.swapcase()}"


def test_a_longer_secret_goes_before_one_that_it_begins_with() -> None:
    """Whatever the case of either."""
    long, short = "Abcdef-123456-SECRET", "abcdef"
    assert Redactor([short, long]).text(f"{long} {long.lower()} {short}") == "*** *** ***"


@pytest.mark.parametrize("user", ["a", "ab", "abc", "elastic", ""])
def test_a_header_of_basic_authentication_is_masked(user: str) -> None:
    """The secret is found inside a longer Base64 text, whatever stands before it."""
    secret = "correct-horse-battery"
    encoded = base64.b64encode(f"{user}:{secret}".encode()).decode()
    masked = Redactor([secret]).text(f"Authorization: Basic {encoded}")
    assert "***" in masked
    for part in (encoded[i : i + 16] for i in range(len(encoded) - 16)):
        assert part not in masked


@pytest.mark.parametrize("given", [ENCODED, ENCODED.rstrip("="), f"{KEY_ID}:{KEY}", ENCODED + "\n"])
def test_an_api_key_is_masked_in_each_of_its_forms(given: str) -> None:
    """Encoded, decoded, and the secret part of it; the id is no secret."""
    redact = Redactor([given])
    for form in (ENCODED, ENCODED.rstrip("="), f"{KEY_ID}:{KEY}", KEY):
        assert redact.text(f"invalid key [{form}]") == "invalid key [***]"
    assert redact.text(f"unable to find apikey with id {KEY_ID}") == f"unable to find apikey with id {KEY_ID}"


def test_the_lines_of_a_private_key_are_masked() -> None:
    """Also where a message holds one line of it only."""
    line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    redact = Redactor([f"-----BEGIN PRIVATE KEY-----\n{line}\n{line[::-1]}\n-----END PRIVATE KEY-----\n"])
    assert redact.text(f"bad line: {line[::-1]}") == "bad line: ***"
    assert redact.text("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        ("es", "password es is wrong", "password *** is wrong"),
        ("es", "user:es@host", "user:***@host"),
        ("es", "es.", "***."),
        ("es", "es-1.es.example knows yes", "es-1.es.example knows yes"),
        ("1", "10.0.0.1:9200 8.1.0 1", "10.0.0.1:9200 8.1.0 ***"),
        ("pässe", "pässe pässen", "*** pässen"),
        ("$a.b", "x $a.b y", "x *** y"),
    ],
)
def test_a_short_secret_is_masked_as_a_whole_word(secret: str, text: str, masked: str) -> None:
    """Less than six characters stand by chance in names, versions and addresses, which have to stay readable."""
    assert masked == Redactor([secret]).text(text)


def test_a_secret_inside_another_leaves_nothing_over() -> None:
    """The longer one is masked first."""
    assert Redactor(["planted", "planted-more"]).text("planted-more planted") == "*** ***"


def test_nothing_known_changes_nothing() -> None:
    """No secrets, and empty ones, leave every text as it is."""
    for secrets in ([], [""], ["\n", "  "]):
        assert Redactor(secrets).text("any text") == "any text"
        assert Redactor(secrets).evidence(("any text",)) == ("any text",)


class Word(StrEnum):
    """A closed set of words."""

    PLANTED = "planted"


class Pair(NamedTuple):
    """A named tuple."""

    left: str
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Everything that evidence can be made of."""

    text: str = ""
    word: Word = Word.PLANTED
    many: tuple[object, ...] = ()
    mapping: dict[str, object] = field(default_factory=dict)
    pair: Pair = field(default_factory=lambda: Pair("", 0))
    some: frozenset[str] = frozenset()
    listed: list[str] = field(default_factory=list)


def test_nested_evidence_is_masked() -> None:
    """In dataclasses, tuples, named tuples, mappings (keys too), lists and sets; types and enumerations stay."""
    box = Box(
        text="a planted b",
        many=(Box(text="planted"), 1, None, 2.5, "planted"),
        mapping={"planted": ("x", "planted"), "n": 1},
        pair=Pair("planted", 1),
        some=frozenset({"planted", "x"}),
        listed=["planted"],
    )
    masked = Redactor(["planted"]).evidence(box)
    expected = Box(
        text="a *** b",
        many=(Box(text="***"), 1, None, 2.5, "***"),
        mapping={"***": ("x", "***"), "n": 1},
        pair=Pair("***", 1),
        some=frozenset({"***", "x"}),
        listed=["***"],
    )
    assert expected == masked
    assert type(masked.pair) is Pair
    assert masked.word is Word.PLANTED
    assert box.text == "a planted b"


def test_what_holds_no_secret_is_handed_back_as_it_is() -> None:
    """Nothing is copied without need."""
    redact = Redactor(["planted"])
    box = Box(text="x", many=(Box(),), mapping={"a": ["b"]})
    assert redact.evidence(box) is box


def test_equal_texts_and_shared_values_stay_themselves() -> None:
    """Where nothing changes no value is replaced by an equal one; a shared one is changed once, and shared as before."""
    redact, text = Redactor(["planted"]), str(b"as it is", "ascii")
    shared, same = Box(text="a planted b"), Box(text=text)
    kept = (same, Box(text=str(b"as it is", "ascii")))
    assert redact.evidence(kept) is kept
    masked = redact.evidence((shared, same, shared))
    assert masked[0] == Box(text="a *** b")
    assert masked[0] is masked[2]
    assert masked[1] is same


@given(
    st.lists(st.text("abz0/+", min_size=6, max_size=40), min_size=1, max_size=30),
    st.data(),
    st.text("abz0/+", max_size=40),
    st.text("abz0/+", max_size=40),
)
def test_a_text_that_holds_a_word_stays_in_the_sieve(
    words: list[str], data: st.DataObject, before: str, after: str
) -> None:
    """Whichever of the words, and wherever it stands; what is shorter than a word, or shares nothing with one, falls through."""
    sieve = Sieve(words)
    assert sieve.may_hold(before + data.draw(st.sampled_from(words)) + after)
    assert not sieve.may_hold("-" * 50)
    assert not sieve.may_hold("abz0/")
    assert not Sieve(()).may_hold(words[0])


@given(st.lists(st.from_regex(r"[a-z]{6,9}", fullmatch=True), min_size=1, max_size=5), st.text("abcxyz ", max_size=60))
def test_of_secrets_at_one_place_the_longest_is_masked(secrets: list[str], text: str) -> None:
    """What is masked does not depend on how many secrets there are, nor on their order."""
    whole = text.join(secrets)
    expected = re.sub("|".join(sorted(map(re.escape, secrets), key=len, reverse=True)), "***", whole)
    assert Redactor(secrets).text(whole) == expected
    assert Redactor(reversed(secrets)).text(whole) == expected


def test_the_model_is_masked() -> None:
    """What a peer can echo: alerts' details, settings, findings."""
    redact = Redactor([ENCODED])
    attempt = TlsAttempt(result=TlsResult.FAILED, detail=f"got {ENCODED}", first_bytes=KEY.encode().hex())
    masked = redact.evidence(attempt)
    assert (masked.detail, masked.first_bytes) == ("got ***", "***")
    assert masked.result is TlsResult.FAILED
    remote = Remote(alias="logs", proxy_address=f"{KEY}:9443", seeds=("a:1", f"{KEY}@b:1"))
    assert (Address(setting="seeds[1]", text="***@b:1")) in redact.evidence(remote).addresses
    finding = Finding(summary=KEY, remedy="x", severity=Severity.ERROR, facts={"body": (KEY, "ok")})
    assert dataclasses.replace(finding, summary="***", facts={"body": ("***", "ok")}) == redact.evidence(finding)


@given(st.text(min_size=6, max_size=40).filter(lambda s: len(s.strip()) >= 6 and "*" not in s), st.text(), st.text())
def test_any_secret_in_any_text_is_gone(secret: str, before: str, after: str) -> None:
    """Whatever the characters; masking twice changes nothing more."""
    redact = Redactor([secret])
    masked = redact.text(before + secret + after)
    assert secret not in masked
    assert masked == redact.text(masked)

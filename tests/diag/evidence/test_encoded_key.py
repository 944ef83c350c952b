"""The encoded form of an API key: written, and read with and without its padding; anything else has nothing inside."""

from __future__ import annotations

import pytest

from diag.evidence.encoded_key import encoded, inside, key_id


def test_the_id_inside_a_key() -> None:
    """With and without its padding, as Java takes it."""
    assert encoded("id", "secret1") == "aWQ6c2VjcmV0MQ=="
    for text in ("aWQ6c2VjcmV0MQ==", "aWQ6c2VjcmV0MQ"):
        assert (inside(text), key_id(text)) == ("id:secret1", "id")


@pytest.mark.parametrize("text", ["", "no key", "a", "====", "/////w==", "\u00fc", "aWQ6c2VjcmV0MQ==\n"])
def test_what_is_no_encoded_key(text: str) -> None:
    """No base64, or base64 of bytes that are no text."""
    assert (inside(text), key_id(text)) == ("", "")

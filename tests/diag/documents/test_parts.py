"""A text that is put together out of parts of another: every character keeps the place that it has in the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.jsontext import read_whole_json
from diag.documents.source import Part, Source
from diag.documents.tree import Branch, Text
from diag.documents.unresolved import stand_in

TEXTS = st.text("ab\n", min_size=1, max_size=30)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=4))
def test_characters_keep_their_places(text: str, ranges: list[tuple[int, int]]) -> None:
    """Whatever the parts are, and once more for a part of the whole of them."""
    whole = Source("a.sh", text)
    bounded = [sorted((min(a, len(text)), min(b, len(text)))) for a, b in ranges]
    joined = whole.joined(Part(start, end) for start, end in bounded)
    offsets = [at for start, end in bounded for at in range(start, end)]
    assert joined.text == "".join(text[at] for at in offsets)
    assert [joined.places.at(index) for index in range(len(offsets))] == [whole.places.at(at) for at in offsets]
    half = joined.part(len(offsets) // 2, len(offsets))
    assert [half.places.at(index) for index in range(len(half.text))] == [
        whole.places.at(at) for at in offsets[len(offsets) // 2 :]
    ]


def test_what_is_not_known_is_named_in_the_value_that_holds_it() -> None:
    """A variable inside of a text, of a key, and in the place of a whole value."""
    text = '{"a.$A": "x-$B", "b": $C, "c": "d"}'
    parts, at = [], 0
    for name in ("$A", "$B", "$C"):
        found = text.index(name)
        parts += [Part(at, found), Part(found, found + 2, hole=name)]
        at = found + 2
    source = Source("a.sh", text).joined([*parts, Part(at, len(text))])
    tree = read_whole_json(source).node
    assert isinstance(tree, Branch)
    assert [one.unset for one in tree.entries] == [("$A",), (), ()]
    values = [one.value for one in tree.entries]
    assert [one.unset for one in values if isinstance(one, Text)] == [("$B",), ("$C",), ()]


def test_a_reference_in_a_key_is_a_name() -> None:
    """In the syntax of shells, of Ansible and of Terraform."""
    for reference in ("$REMOTE_A", "${REMOTE_A}", "{{ remote_a }}", "{{ remote_a | lower }}"):
        assert stand_in(f"cluster.remote.{reference}.seeds") == "cluster.remote.remote-a.seeds"

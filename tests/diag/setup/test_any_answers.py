"""Whatever is answered: it is refused, or what is written parses, and means what was answered."""

from __future__ import annotations

import json
import shlex

import yaml
from hypothesis import given
from hypothesis import strategies as st

from diag.config.trustfile import read_trust_file
from diag.model import admits
from diag.setup import documents, problems
from tests.diag.setup.made import COMBINATIONS, made

ODD = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("'\"`$\\;:*?,.-_ \n<>{}[]&|#!%@")), max_size=12)
# What YAML reads as something else than a text stands among them.
WORDS = st.one_of(
    st.from_regex(r"[a-z0-9][a-z0-9_-]{0,7}", fullmatch=True),
    st.sampled_from(["null", "true", "12", "0x1f", "1e3", "on"]),
)
NODES = st.lists(
    st.one_of(WORDS, st.builds("{},{}.example,10.0.0.1".format, WORDS, WORDS)), min_size=1, max_size=3, unique=True
)
PATTERNS = st.lists(
    st.sampled_from(["logs-*", "it's", "a$b", "`id`", "$(id)", "naïve", "a'b'c", "*"]), min_size=1, max_size=3
)
FIELDS = ("alias", "server_name", "remote_cluster", "remote_scope", "remote_node", "search")


@st.composite
def some_answers(draw: st.DrawFn) -> tuple[tuple[str, str, str], dict[str, str | tuple[str, ...]]]:
    """Answers that are right, of which one may be any text."""
    combination = draw(st.sampled_from(COMBINATIONS))
    more: dict[str, str | tuple[str, ...]] = {"alias": draw(WORDS), "search": tuple(draw(PATTERNS))}
    if combination[2] in {"self_managed", "eck"}:
        names = {"remote_cluster": draw(WORDS), "remote_scope": draw(WORDS), "remote_node": tuple(draw(NODES))}
        more |= names
    if draw(st.booleans()):
        field = draw(st.sampled_from(FIELDS))
        odd = draw(ODD)
        more[field] = (odd,) if field in {"remote_node", "search"} else odd
    return combination, more


@given(some_answers())
def test_refused_or_right(given_: tuple[tuple[str, str, str], dict[str, str | tuple[str, ...]]]) -> None:
    """Texts of users, in every place where one may stand: none of them becomes syntax of YAML, JSON, a shell or a pattern."""
    combination, more = given_
    alias, patterns, nodes = str(more["alias"]), [*more["search"]], more.get("remote_node", ())
    connection = made(*combination, **more)
    if problems(connection):
        return
    found = {one.path: one.text for one in documents(connection)}
    for path, text in found.items():
        if path.endswith((".yml", ".yaml")):
            assert isinstance(yaml.safe_load(text), dict)
    ((_, body),) = [part.split("\n", 1) for part in [found["local/settings.console"].strip()]]
    assert json.loads(body)["persistent"][f"cluster.remote.{alias}.mode"] == "proxy"
    typed = shlex.split(found["local/settings.sh"], comments=True)
    assert json.loads(typed[typed.index("-d") + 1]) == json.loads(body)
    if "remote/key.sh" in found:
        typed = shlex.split(found["remote/key.sh"], comments=True)
        access = json.loads(typed[typed.index("-d") + 1])["access"]
        assert access["search"] == [{"names": patterns}]
    if "remote/instances.yml" in found:
        written = yaml.safe_load(found["remote/instances.yml"])["instances"]
        assert not nodes or [one["name"] for one in written] == [node.partition(",")[0].strip() for node in nodes]
        assert [one["cn"] for one in written] == [[name] for name in connection.remote.names]
    if "remote/trust.yml" in found:
        read = read_trust_file("trust.yml", found["remote/trust.yml"].encode())
        assert read.problem == ""
        assert all(admits(read.patterns, [name]) for name in connection.remote.names)

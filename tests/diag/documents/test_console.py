"""Files of Kibana's console: which requests they hold, and where their bodies stand."""

from __future__ import annotations

from diag.documents.candidate import Candidate
from diag.documents.console import ROW, requests_in
from diag.documents.row import Reading
from diag.documents.source import Source
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.settings import SettingsTexts

TEXT = """\
# first
GET _remote/info

// then
PUT /_cluster/settings?flat_settings=true  # and this
{
  # a comment of the console
  "persistent": { // one of Elasticsearch
    "cluster.remote.a.seeds": ["${host}:9300"],
    "cluster.remote.a.proxy": \"\"\"b:1\"\"\"
  }
}
some words
PUT kbn:/api/x
put my-index/_settings
{ "index": 1 }
PUT _cluster/settings
{"persistent": {"cluster.remote.b.seeds": ["b:9300"],}}
"""


def test_requests_with_their_bodies() -> None:
    """Methods in any case, comments in front, behind and inside, what follows a body that is none of it."""
    found = list(requests_in(Source("a.console", TEXT)))
    assert [(one.method, one.path, one.origin.line) for one in found] == [
        ("GET", "/_remote/info", 2),
        ("PUT", "/_cluster/settings", 5),
        ("PUT", "/kbn:/api/x", 14),
        ("PUT", "/my-index/_settings", 15),
        ("PUT", "/_cluster/settings", 17),
    ]
    bodies = [one.body for one in found]
    assert bodies[0] is None
    assert bodies[2] is None
    assert bodies[1] is not None
    assert (bodies[1].whole.line, bodies[1].whole.end_line) == (6, 12)
    assert [hole.name for hole in bodies[1].holes] == ["${host}"]


def test_what_the_requests_say() -> None:
    """Each value with its line, what the console fills in is not known, and the comma at the end is refused."""
    nouns = ROW.read(Candidate(Source("a.console", TEXT)), Reading())
    texts = [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]
    settings = [(one.key, one.origin.line, one.unset, one.text) for text in texts for one in text.all]
    assert settings == [
        ("cluster.remote.a.seeds", 9, ("${host}",), "${host}:9300"),
        ("cluster.remote.a.proxy", 10, (), "b:1"),
        ("cluster.remote.b.seeds", 18, (), "b:9300"),
    ]
    problems = [one for noun in nouns if isinstance(noun, DocumentProblems) for one in noun.all]
    assert [(one.origin.line, one.origin.column) for one in problems] == [(18, 53)]


def test_prose_is_no_console_file() -> None:
    """A line that begins with the word is none, nor is a mapping."""
    for text in ("Get ready\nfor it", "GET x\n", "get: ready", "Some words\nGET _cat/indices\n"):
        assert bool(ROW.recognise(Candidate(Source("a.txt", text)))) is (text == "GET x\n")
    assert ROW.recognise(Candidate(Source("a.txt", "Some words:\n\nPUT _cluster/settings\n{}")))

"""Shell scripts: words as a shell makes them, and what curl, the keystore tool and docker are told."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.candidate import Candidate
from diag.documents.row import Reading
from diag.documents.script import ROW
from diag.documents.shell import commands
from diag.documents.source import Source
from diag.evidence.documents.keystore_list import KeystoreLists
from diag.evidence.documents.settings import Setting, SettingsForm, SettingsTexts

BODY = '{"persistent": {"cluster.remote.a.seeds": ["h:9300"]}}'
URL = "https://es:9200/_cluster/settings"


def settings(script: str, form: SettingsForm = SettingsForm.REQUEST) -> list[Setting]:
    """The settings that a script sets."""
    candidate = Candidate(Source("a.sh", script))
    assert ROW.recognise(candidate)
    nouns = ROW.read(candidate, Reading())
    texts = [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]
    return [one for text in texts if text.form is form for one in text.all]


@given(st.lists(st.text("ab \\'\"#\n${}", max_size=6), min_size=1, max_size=4))
def test_quoted_words_are_themselves_again(words: list[str]) -> None:
    """What shlex quotes, the shell takes apart into the same words."""
    script = "x " + " ".join(shlex.quote(one) for one in words)
    (command,) = commands(Source("a.sh", script))
    assert [one.text for one in command.words] == ["x", *words]


@given(st.text("ab '\"\\$(){}<>|&;\n#`-E=", max_size=40))
def test_any_text_can_be_read(script: str) -> None:
    """However broken it is."""
    for command in commands(Source("a.sh", script)):
        for word in command.words:
            assert word.source.whole.line >= 1


@pytest.mark.parametrize(
    "script",
    [
        f"curl -X PUT {URL} -d '{BODY}'",
        f"curl -XPUT '{URL}' --data-binary '{BODY}'",
        f"curl -s -u elastic:x -H 'Content-Type: application/json' --request PUT --url {URL} --data='{BODY}'",
        f"sudo docker exec es01 curl -sk -X PUT \\\n  {URL} \\\n  --json '{BODY}'",
        f"curl -X PUT {URL} -d @- <<'EOF'\n{BODY}\nEOF\n",
        f"cat <<EOF | true\nx\nEOF\ncurl -X PUT {URL} -d @- <<< '{BODY}'",
        f"BODY='{BODY}'\ncurl -X PUT {URL} -d \"$BODY\"",
        f'curl -X PUT {URL} -d "$(cat <<EOF\n{BODY}\nEOF\n)"',
        'curl -X PUT {} -d "{}"'.format(URL, BODY.replace('"', '\\"')),
        f"if ! out=$(curl -X PUT {URL} -d '{BODY}'); then exit 1; fi",
        f"bash -c \"curl -X PUT {URL} -d '{BODY.replace(chr(34), chr(92) + chr(34))}'\"",
        f"$ curl -X PUT \"http://$ES/_cluster/settings?pretty\" -d '{BODY}'",
    ],
)
def test_the_body_of_curl_in_all_its_forms(script: str) -> None:
    """Quotes, here-documents, variables, continued lines, other options: it is the same body each time, at its place."""
    (found,) = settings(script)
    assert (found.key, found.values) == ("cluster.remote.a.seeds", ("h:9300",))
    line = script.split("\n")[found.item_origins[0].line - 1]
    assert line[found.item_origins[0].column - 1 :].lstrip('\\"').startswith("h:9300")


@pytest.mark.parametrize(
    "script",
    [
        f"curl -X PUT {URL} -d @body.json",
        f"curl -G {URL} -d '{BODY}'",
        f"# curl -X PUT {URL} -d '{BODY}'\ncurl x",
        f"curl -X PUT https://es:9200/a/_doc/1 -d '[{BODY}]'",
    ],
)
def test_what_sets_nothing(script: str) -> None:
    """A file of its own, a query, a comment, another path."""
    assert settings(script) == []


def test_what_a_shell_expands_and_what_not() -> None:
    """In single quotes a variable stays as it is; in double quotes it is not known; where the script says it, it is."""
    body = BODY.replace("h:9300", "$HOST:9300")
    quoted = body.replace('"', '\\"')
    (literal,) = settings(f"curl -X PUT {URL} -d '{body}'")
    (unknown,) = settings(f'curl -X PUT {URL} -d "{quoted}"')
    (known,) = settings(f'HOST=logs.example\ncurl -X PUT {URL} -d "{quoted}"')
    assert (literal.values, literal.unset) == (("$HOST:9300",), ())
    assert (unknown.values, unknown.unset) == (("$HOST:9300",), ("$HOST",))
    assert (known.values, known.unset) == (("logs.example:9300",), ())


def test_entries_of_the_keystore_and_settings_of_a_node() -> None:
    """``elasticsearch-keystore add`` behind whatever runs it, ``-e`` and ``-E``."""
    script = (
        "echo x | docker exec -i es01 bin/elasticsearch-keystore add -x cluster.remote.a.credentials\n"
        "elasticsearch-keystore list\n"
        "docker run -e 'cluster.remote.a.seeds=h:9300' -e ES_SETTING_CLUSTER_REMOTE_A_SKIP__UNAVAILABLE=yes image\n"
        "bin/elasticsearch -Ecluster.remote.b.mode=proxy -E node.name=x\n"
    )
    nouns = ROW.read(Candidate(Source("a.sh", script)), Reading())
    entries = [(one.name, one.origin.line) for noun in nouns if isinstance(noun, KeystoreLists) for one in noun.all]
    assert entries == [("cluster.remote.a.credentials", 1)]
    found = [(one.key, one.text, one.origin.line) for one in settings(script, SettingsForm.FILE)]
    assert found == [
        ("cluster.remote.a.seeds", "h:9300", 3),
        ("cluster.remote.a.skip_unavailable", "yes", 3),
        ("cluster.remote.b.mode", "proxy", 4),
        ("node.name", "x", 4),
    ]


@pytest.mark.parametrize("text", ["We use curl here.", "make curl", "#!/bin/sh\necho curl", "curl: yes"])
def test_a_mention_of_a_command_is_no_script(text: str) -> None:
    """Prose, a target of make, a script without such a call, a mapping."""
    assert not ROW.recognise(Candidate(Source("a.txt", text)))

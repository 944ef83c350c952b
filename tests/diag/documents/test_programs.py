"""Requests in programs and scripts of other languages, and bodies in files of their own: read where they are written out, said where not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.candidate import Candidate
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.source import Source
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.security_bodies import KeyBodies
from diag.evidence.documents.settings import SettingsForm, SettingsTexts
from tests.doclib import lint

SEED = "cluster.remote.logs.seeds"
LITERAL = f'{{"persistent": {{"{SEED}": ["10.0.0.1:9200"], "cluster.remote.logs.skip_unavailable": True}}}}'


def said(text: str, name: str) -> tuple[dict[str, tuple[str, tuple[str, ...], int, int]], list[str]]:
    """What a program sets (values, what is filled in, place), and what of it is not judged."""
    candidate = Candidate(Source(name, text))
    found = recognise(candidate)
    assert found is not None
    nouns = found.row.read(candidate, Reading())
    texts = [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]
    assert all(one.form is SettingsForm.REQUEST for one in texts)
    settings = {
        one.key: (one.text, one.unset, one.origin.line, one.origin.column) for text_ in texts for one in text_.all
    }
    return settings, [one.message for noun in nouns if isinstance(noun, DocumentProblems) for one in noun.all]


@pytest.mark.parametrize(
    "program",
    [
        f'import requests\nrequests.put("http://h:9200/_cluster/settings", json={LITERAL})\n',
        f'import requests\nrequests.put(f"{{BASE}}/_cluster/settings?pretty", json={LITERAL}, auth=A)\n',
        f'import httpx\nBASE = "http://h"\nhttpx.put(BASE + "/_cluster/settings", json={LITERAL})\n',
        f"import requests\nBODY = {LITERAL}\nrequests.put(url=URL + '/_cluster/settings', json=BODY)\n",
        f"s.put(ES + '/_cluster/settings', data=json.dumps({LITERAL}), headers=H)\n",
        f"def f(s):\n    return s.request('PUT', '/_cluster/settings', json={LITERAL})\n",
        f"client.perform_request('PUT', '/_cluster/settings', headers=H, body={LITERAL})\n",
        f"client.cluster.put_settings(body={LITERAL})\n",
        f'es.options(ignore_status=400).cluster.put_settings(persistent={{"{SEED}": ["10.0.0.1:9200"], "cluster.remote.logs.skip_unavailable": True}})\n',
    ],
)
def test_python_that_sets_settings(program: str) -> None:
    """Whatever library makes the request, and wherever the body is written out."""
    settings, problems = said(program, "a.py")
    line = next(number for number, one in enumerate(program.splitlines(), 1) if SEED in one)
    column = program.splitlines()[line - 1].index('["10.') + 1
    assert settings[SEED] == ("10.0.0.1:9200", (), line, column)
    assert settings["cluster.remote.logs.skip_unavailable"][0] == "true"
    assert problems == []


def test_a_text_in_python() -> None:
    """JSON in quotes: its places are those in the file, also behind letters that are longer in UTF-8."""
    program = (
        "# Größe\nr = requests.put(u + '/_cluster/settings', data='''{\n  \"persistent\": {\""
        + SEED
        + "\": [\"äh:9300\"]}}''')\n"
    )
    settings, _ = said(program, "a.py")
    assert settings[SEED] == ("äh:9300", (), 3, 47)


def test_what_python_fills_in_is_a_hole() -> None:
    """A name that is not known, and one that is set twice."""
    program = (
        "PORT = 1\nPORT = 2\n"
        f"requests.put(u + '/_cluster/settings', json={{'persistent': {{'{SEED}': [f'{{host}}:9300'], 'cluster.remote.logs.mode': PORT, f'cluster.remote.{{a}}.mode': 'sniff'}}}})\n"
    )
    settings, problems = said(program, "a.py")
    assert settings[SEED][:2] == ("${host}:9300", ("host",))
    assert settings["cluster.remote.logs.mode"][1] == ("PORT",)
    assert "cluster.remote.a.mode" in settings
    assert problems == []


@pytest.mark.parametrize(
    "call",
    [
        "requests.put(u + '/_cluster/settings', json=made())",
        "requests.put(u + '/_cluster/settings', json={**base, 'x': 1})",
        "requests.put(u + '/_cluster/settings', data={'persistent': {}})",
        "client.cluster.put_settings(**kwargs)",
        "requests.put(u + '/_cluster/settings', json=BODY)\nBODY = {}\nBODY = {}",
    ],
)
def test_python_that_is_not_judged_says_so(call: str) -> None:
    """A body that is made when the program runs, and a form that is no JSON."""
    assert said(call + "\n", "a.py") == ({}, ["the body of PUT /_cluster/settings is not written out here"])


@pytest.mark.parametrize(
    "text",
    [
        "client.indices.put_settings(index='logs', settings={'index.number_of_replicas': 1})",
        "requests.put('http://h/logs/_doc/1', json={'persistent': {}})",
        "requests.get('http://h/_cluster/settings')",
        "requests.put('http://h/_cluster/settings', json={'persistent':",
        "import requests",
    ],
)
def test_other_python_is_none_of_it(text: str) -> None:
    """Settings of an index, documents, what is no program."""
    assert recognise(Candidate(Source("a.py", text))) is None


def test_keys_that_the_client_makes() -> None:
    """The arguments are the fields of the body; the id belongs to the address."""
    program = 'client.security.create_cross_cluster_api_key(name="k", access={"search": [{"names": ["a"], "privileges": ["read"]}]})\n'
    program += 'client.security.update_cross_cluster_api_key(id="x", access={"search": [{"names": ["a"]}]})\n'
    candidate = Candidate(Source("a.py", program))
    found = recognise(candidate)
    assert found is not None
    bodies = [one for noun in found.row.read(candidate, Reading()) if isinstance(noun, KeyBodies) for one in noun.all]
    assert [(len(one.refused), one.changes) for one in bodies] == [(1, False), (0, True)]


BODY = '{"persistent": {"' + SEED + '": ["10.0.0.1:9200"]}}'


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (
            f"Invoke-RestMethod -Method Put -Uri \"$es/_cluster/settings\" -Body @'\n{BODY}\n'@ -ContentType 'application/json'\n",
            2,
        ),
        (f"Invoke-RestMethod -Method Put `\n  -Uri http://h:9200/_cluster/settings `\n  -Body '{BODY}'\n", 3),
        (f"$body = @'\n{BODY}\n'@\r\nirm -Uri \"$es/_cluster/settings\" -Method PUT -Body $body\n", 2),
        ('iwr -Uri:$es/_cluster/settings -Method:Put -Body "' + BODY.replace('"', '`"') + '"\n', 1),
        (
            '<# a\n b #>\n# c\n$r = Invoke-WebRequest -Uri "$es/_cluster/settings" -Method \'Put\' -Body "'
            + BODY.replace('"', '""')
            + '"\n',
            4,
        ),
    ],
)
def test_powershell(script: str, line: int) -> None:
    """Here-strings, quotes of either kind, escapes, continued lines, variables."""
    settings, problems = said(script, "a.ps1")
    assert settings[SEED][:3] == ("10.0.0.1:9200", (), line)
    assert problems == []


def test_what_powershell_fills_in_is_a_hole() -> None:
    """A variable in a text in double quotes; in single quotes it stands for itself."""
    script = f'Invoke-RestMethod -Method Put -Uri $u/_cluster/settings -Body @"\n{BODY.replace("10.0.0.1", "$($node.Host)")}\n"@\n'
    settings, _ = said(script, "a.ps1")
    assert settings[SEED][:2] == ("$($node.Host):9200", ("$($node.Host)",))
    settings, _ = said(script.replace('@"', "@'").replace('"@', "'@"), "a.ps1")
    assert settings[SEED][:2] == ("$($node.Host):9200", ())


@pytest.mark.parametrize("body", ["-Body ($x | ConvertTo-Json)", "-Body $made", "-InFile body.json"])
def test_powershell_that_is_not_judged_says_so(body: str) -> None:
    """What is made when the script runs."""
    script = f"$made = Get-Content x\nInvoke-RestMethod -Method Put -Uri $u/_cluster/settings {body}\n"
    assert said(script, "a.ps1") == ({}, ["the body of PUT /_cluster/settings is not written out here"])


def test_in_markdown() -> None:
    """Each block is read as if it were a file of its own."""
    text = f"# Set-up\n\n```python\nclient.cluster.put_settings(body={LITERAL})\n```\n\n```powershell\nirm -Method Put -Uri $u/_cluster/settings -Body '{BODY}'\n```\n"
    settings, _ = said(text, "a.md")
    assert settings[SEED][2] == 8


@given(st.text("requests.put(f'/_cluster/settings\", json={}[]:,*\n\\$@<#>`|;=-Body irm\té", max_size=80))
def test_anything_can_be_read(text: str) -> None:
    """Whatever stands there: it is read, or it is none."""
    for name in ("a.py", "a.ps1"):
        candidate = Candidate(Source(name, f"irm {text}\nx.put({text}"))
        found = recognise(candidate)
        if found is not None:
            found.row.read(candidate, Reading())


def test_deep_programs_are_none() -> None:
    """Neither a thousand brackets nor a sum of many texts takes the reader down."""
    for text in ("x.put(" + "[" * 5000, "x.put(u + '/_cluster/settings', json=" + "+".join(["a"] * 20_000) + ")"):
        recognise(Candidate(Source("a.py", text)))


def test_the_body_in_a_file_of_its_own(tmp_path: Path) -> None:
    """It is judged as what is sent, at its own lines, once; whether it was handed over too or not."""
    script, body = tmp_path / "setup.sh", tmp_path / "body.json"
    script.write_text(
        'curl -X POST "$ES/_security/cross_cluster/api_key" -d @body.json\ncurl -XPUT $ES/_cluster/settings -d @set.json\n'
    )
    body.write_text('{\n "access": {"search": [{"names": ["a"]}]}}')
    (tmp_path / "set.json").write_text(BODY)
    wanted = {("body.json", "auth/key-body-fields", 1), ("set.json", "config/http-port-used", 1)}
    for files in ((script,), (script, body), (tmp_path,)):
        report = lint(*files)
        found = [(Path(one.origin.file).name, one.check, one.origin.line) for one in report.findings]
        assert wanted <= set(found), files
        assert len(found) == len(set(found))
        kinds = {Path(one.file).name: one.kind for one in report.judged}
        assert kinds == {
            "setup.sh": DocumentKind.SCRIPT,
            "body.json": DocumentKind.KEY_BODY,
            "set.json": DocumentKind.SETTINGS_REQUEST,
        }


@pytest.mark.parametrize("name", ["/etc/body.json", "../body.json", "none.json"])
def test_a_body_elsewhere_is_not_looked_for(tmp_path: Path, name: str) -> None:
    """Nothing outside of the folder that was handed over is read; that it was not judged is said."""
    (tmp_path / "in").mkdir()
    (tmp_path / "body.json").write_text(BODY)
    script = tmp_path / "in" / "setup.sh"
    script.write_text(f"curl -XPUT $ES/_cluster/settings -d @{name}\n")
    (finding,) = lint(script).findings
    assert (finding.check, finding.origin.line) == ("config/document-not-read", 1)
    assert name in finding.message


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("jq -n '{}' | curl -XPUT $ES/_cluster/settings -d @-\n", "another command"),
        ('put() { curl -XPUT $ES/_cluster/settings -d "$1"; }\n', "filled in later"),
        ("curl -XPUT $ES/_cluster/settings -d $(make_body)\n", "filled in later"),
    ],
)
def test_a_body_that_a_script_makes_is_not_judged(tmp_path: Path, script: str, why: str) -> None:
    """What another command writes, and the argument of a function."""
    (tmp_path / "a.sh").write_text(script)
    (finding,) = lint(tmp_path / "a.sh").findings
    assert finding.check == "config/document-not-read"
    assert why in finding.message


def test_a_file_sends_its_variables_as_they_are(tmp_path: Path) -> None:
    """Curl fills nothing in: what looks like a variable is what the cluster would store."""
    (tmp_path / "setup.sh").write_text("HOST=a\ncurl -XPUT $ES/_cluster/settings --data-binary @set.json\n")
    (tmp_path / "set.json").write_text(json.dumps({"persistent": {SEED: ["$HOST:9300"]}}))
    assert {one.check for one in lint(tmp_path / "setup.sh").findings if one.severity.rank > 1}

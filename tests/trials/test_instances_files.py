"""Files for ``elasticsearch-certutil cert --in`` against what certutil of 8.19.0 made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.documents.located import LintReport
from diag.model import Severity
from tests.doclib import lint

CORPUS = Path(__file__).parent / "document-cases" / "12-instances"
CHECK = "trust/instances-file"
ORACLE = {
    name: said
    for line in (CORPUS / "expected.txt").read_text().splitlines()
    if line.startswith("== ")
    for name, _, said in [line.removeprefix("== ").partition(":")]
}
# What certutil refuses, and the line of the fault.
REFUSED = {
    "badip.yml": 3,
    "dup.yml": 3,
    "empty.yml": 1,
    "ipcidr.yml": 3,
    "noname.yml": 2,
    "num.yml": 2,
    "singular.yml": 1,
    "slash.yml": 2,
    "tab.yml": 2,
    "toplist.yml": 1,
    "umlaut.yml": 2,
    "unknownkey.yml": 3,
}
# What it takes without a word, and what is not what is meant.
SILENT = {"twodocs.yml": 4, "emptylist.yml": 1, "dnsurl.yml": 3, "wild.yml": 3}


def found(report: LintReport) -> dict[int, Severity]:
    """The lines with a finding of this check."""
    return {one.origin.line: one.severity for one in report.findings if one.check == CHECK}


def test_the_tables_are_those_of_the_oracle() -> None:
    """A row for each file: refused is what says so there."""
    words = ("xception", "ERROR")
    assert {name for name, said in ORACLE.items() if any(word in said for word in words)} == REFUSED.keys()
    assert {path.name for path in CORPUS.iterdir()} - {"expected.txt"} == ORACLE.keys()


@pytest.mark.parametrize("name", ORACLE)
def test_each_form(name: str) -> None:
    """A refusal is an error at its line, a silent trap is found at its line, and nothing is said of the rest."""
    report = lint(f"instances-file:{CORPUS / name}")
    expected = REFUSED.get(name) or SILENT.get(name)
    lines = found(report)
    assert list(lines) == ([expected] if expected else []), [one.message for one in report.findings]
    assert not expected or (lines[expected] is Severity.INFO) is (name == "wild.yml")


@pytest.mark.parametrize("name", sorted(ORACLE.keys() - {"empty.yml"}))
def test_each_form_is_recognised(name: str) -> None:
    """By what it holds, also where it is refused; a file that holds nothing is known by its name alone."""
    assert lint(CORPUS / name).documents[0].kind == "instances file"


# Further forms, each tried with certutil of 8.19.0: the entry of one node, and whether it was taken.
ENTRIES = {
    "name: .a": False,
    "name: ca": False,
    "name: true": False,
    "name: ~": False,
    'name: ""': False,
    'name: "a,b"': False,
    'name: "a+b"': False,
    'name: "a:b"': False,
    "name: a, name: b": False,
    'name: "X=a", filename: a': False,
    "name: a, dns: 1": False,
    "name: a, dns: ": False,
    "name: a, dns: [~]": False,
    'name: a, dns: ["nöde"]': False,
    'name: a, ip: [""]': False,
    "name: a, ip: [a.example]": False,
    'name: a, ip: ["[::1]"]': False,
    "name: a, cn: {b: c}": False,
    'name: a, ip: ["fe80::1%eth0"]': False,
    'name: a, ip: ["::1", 10.0.0.1]': True,
    'name: a, cn: "x,y"': True,
    'name: a, cn: ["nöde"]': True,
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_entry(entry: str, tmp_path: Path) -> None:
    """What certutil refuses is an error; what it takes and is of use is none."""
    file = tmp_path / "instances.yml"
    file.write_text(f"instances:\n  - {{{entry}}}\n")
    assert (Severity.ERROR in found(lint(file)).values()) is not ENTRIES[entry]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("instances: {name: a}", True),
        ("instances:", False),
        ("instances: a", False),
        ("instances: [a]", False),
        ("instances: [{name: a}, {name: b, filename: a}]", False),
        ("instances: [{name: a}, {name: A}]", True),
        ("instances: [{name: a}]\nca: x", False),
    ],
)
def test_each_file(text: str, *, taken: bool, tmp_path: Path) -> None:
    """The same for what stands around the entries."""
    file = tmp_path / "instances.yml"
    file.write_text(text)
    assert (Severity.ERROR in found(lint(file)).values()) is not taken


def test_names_of_no_use(tmp_path: Path) -> None:
    """Certutil takes any text for a DNS name; each that nobody asks for is an error of its own."""
    file = tmp_path / "instances.yml"
    file.write_text(
        'instances:\n  - name: a\n    dns:\n      - "a.example:9300"\n      - 10.0.0.1\n      - "a b"\n      - a.example\n      - 1\n'
    )
    assert found(lint(file)) == dict.fromkeys((4, 5, 6, 8), Severity.ERROR)


def test_a_trust_file_beside_it(tmp_path: Path) -> None:
    """The names have to be admitted by the file that is to admit them; one without a name never is."""
    instances, trust = tmp_path / "instances.yml", tmp_path / "trust.yml"
    trust.write_text('trust.subject_name: ["*.node.c1.cluster.s1.account"]')
    names = ("a.node.c1.cluster.s1.account", "b.node.c1.cluster.s1", "")
    entries = [f"  - name: n{number}\n" + (f"    cn: {name}\n" if name else "") for number, name in enumerate(names)]
    instances.write_text("instances:\n" + "".join(entries))
    errors = {one.origin.line: one.message for one in lint(instances, trust).findings if one.severity is Severity.ERROR}
    assert list(errors) == [5, 6]
    assert "matches no pattern" in errors[5]
    assert "has no cn" in errors[6]

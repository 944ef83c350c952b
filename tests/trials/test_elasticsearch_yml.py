"""The file of a node: each form as Elasticsearch's own classes read it, each rule as a node of 8.19.0 started or did not.

Two rows of ``expected.txt`` are not what nodes of 8.19.0 and 9.2.0 do: with a bare ``yes`` they start, for their YAML reader takes it for a flag, and
with a null they do not (null-valued setting found for key).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from diag.documents.document import nouns_of, read_document
from diag.documents.files import Named
from diag.documents.row import Reading
from diag.evidence.documents.settings import SettingsTexts
from diag.model import Severity
from tests.doclib import lint
from tests.pki import new_ca

FOLDER = Path(__file__).parent / "document-cases" / "15-elasticsearch-yml"
TWO = ("10.0.0.1:9300", "10.0.0.2:9300")
SEEDS: Mapping[str, tuple[str, ...]] = {
    "comma.yml": TWO,
    "idx.yml": TWO,
    "nested.yml": TWO,
    "mixed.yml": TWO[:1],
    "dupnested.yml": TWO[1:],
    "listcomma.yml": ("10.0.0.1:9300,10.0.0.2:9300",),
}
# What a file is refused for, by the check that says so; and what is said of one that starts.
REFUSED = {"dup.yml": "config/same-key-twice", "yes.yml": "config/file-values"}
SAID = {
    "dupnested.yml": "config/same-key-twice",
    "listcomma.yml": "config/address-hygiene",
    "nosuchenv.yml": "config/file-values",
}
SERVER = "remote_cluster_server.enabled: true\nnetwork.host: _site_\n"
TLS = "xpack.security.transport.ssl"
RCS = "xpack.security.remote_cluster_server.ssl"
REMOTE = "cluster.remote.a.seeds: h:9300\n"
RULES: Mapping[str, tuple[str, str, str]] = {
    "both": (f"{TLS}.certificate_authorities: a\n{TLS}.truststore.path: b\n", "config/ca-and-truststore-both", "1"),
    "key alone": (f"{SERVER}{RCS}.key: a.key\n", "config/remote-server-ssl-incomplete", "3"),
    "transport key alone": (f"{TLS}.key: a.key\n", "tls/key-without-certificate", "1"),
    "no certificate": (SERVER, "config/remote-server-ssl-incomplete", "1"),
    "skip alone": ("cluster.remote.a.skip_unavailable: true\n", "config/leftover-settings", "1"),
    "connect": (f"{REMOTE}cluster.remote.connect: true\n", "config/unknown-setting", "2"),
    "null": (f"{REMOTE}cluster.remote.b: null\n", "config/file-values", "2"),
    "username": (f"{REMOTE}cluster.remote.a.username: u\n", "config/unknown-setting", "2"),
    "quoted yes": (f'{REMOTE}cluster.remote.a.skip_unavailable: "yes"\n', "config/file-values", "2"),
    "credentials": (f"{REMOTE}cluster.remote.a.credentials: c2VjcmV0\n", "config/unknown-setting", "2"),
    "x509_fields": (f"{TLS}.trust_restrictions.x509_fields: subjectAltName.DNS\n", "trust/x509-fields", "1"),
    "outside": (f"{TLS}.certificate_authorities: /etc/ssl/certs/ca.pem\n", "tls/file-outside-config", "1"),
    "profile": (
        f"{SERVER}{RCS}.keystore.path: a.p12\ntransport.profiles._remote_cluster.port: 9443\n",
        "config/remote-server-profile-reserved",
        "4",
    ),
}
STARTED: Mapping[str, str] = {
    "profile while the server is off": "cluster.name: a\ntransport.profiles._remote_cluster.port: 9443\n",
    "the port moves": f"{SERVER}remote_cluster.port: 9305\n{RCS}.keystore.path: a.p12\n",
    "a flag in capitals": f"{REMOTE}cluster.remote.a.skip_unavailable: TRUE\n",
    "key store": f"{SERVER}{RCS}.keystore.path: a.p12\n",
}


def critical(*files: Path) -> list[tuple[str, int]]:
    """The check and line of everything that keeps a node from starting."""
    found = lint(*files, version="8.19.0").findings
    return [(one.check, one.origin.line) for one in found if one.severity is Severity.CRITICAL]


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_read_as_elasticsearch_reads_them(name: str) -> None:
    """Lists, texts with commas, keys with numbers, dots and nesting mixed; the later of two spellings wins."""
    data = (FOLDER / name).read_bytes()
    document = read_document(Named(name="elasticsearch.yml", path=None, data=data), Reading(environment={}))
    text = next(noun for noun in nouns_of([document]) if isinstance(noun, SettingsTexts)).all[0]
    seeds = text.get("cluster.remote.logs.seeds")
    assert seeds is not None
    assert seeds.parts == SEEDS[name]


@pytest.mark.parametrize(("value", "seeds"), [('["10.0.0.1:9300", "10.0.0.2:9300"]', TWO), ("10.0.0.1:9300", TWO[:1])])
def test_a_variable_is_put_in_as_text(value: str, seeds: tuple[str, ...]) -> None:
    """Before the YAML is read, so that it may turn into a list."""
    data = (FOLDER / "envlist.yml").read_bytes()
    reading = Reading(environment={"SEEDS": value})
    document = read_document(Named(name="elasticsearch.yml", path=None, data=data), reading)
    text = next(noun for noun in nouns_of([document]) if isinstance(noun, SettingsTexts)).all[0]
    assert text.all[0].parts == seeds


@pytest.mark.parametrize("name", sorted(one.name for one in FOLDER.glob("*.yml")))
def test_what_is_refused(name: str, tmp_path: Path) -> None:
    """Just the files with which a node does not start have something critical about their form."""
    file = tmp_path / "elasticsearch.yml"
    file.write_bytes((FOLDER / name).read_bytes())
    forms = [check for check, _ in critical(file) if check in {*REFUSED.values(), "config/unknown-setting"}]
    assert forms == ([REFUSED[name]] if name in REFUSED else [])
    if name in SAID:
        assert SAID[name] in {one.check for one in lint(file).findings}


@pytest.mark.parametrize("rule", RULES)
def test_a_node_that_does_not_start(rule: str, tmp_path: Path) -> None:
    """Each is said at the line that is at fault."""
    text, check, line = RULES[rule]
    file = tmp_path / "elasticsearch.yml"
    file.write_text(text)
    assert (check, int(line)) in critical(file)


@pytest.mark.parametrize("rule", STARTED)
def test_a_node_that_starts(rule: str, tmp_path: Path) -> None:
    """Nothing critical is said of it."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text(STARTED[rule])
    assert critical(file) == []


def test_a_trust_file_that_is_not_there(tmp_path: Path) -> None:
    """Beside files that are there it is missing; in a copy without any it is not known."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text(f"{TLS}.certificate_authorities: ca.crt\n{TLS}.trust_restrictions.path: trust.yml\n")
    assert critical(file) == []
    (tmp_path / "ca.crt").write_text("")
    assert ("trust/restrictions-file-missing", 2) in critical(file)


def test_proxy_address_without_its_mode(tmp_path: Path) -> None:
    """Refused by the node; an error, as for every other form of it."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text("cluster.remote.a.proxy_address: h:9300\n")
    assert ("config/mode-missing-for-proxy", 1) in {(one.check, one.origin.line) for one in lint(file).findings}


def test_the_ca_of_a_region_beside_the_file(tmp_path: Path) -> None:
    """Told by its subject whatever the file is called, or by its name; with a restriction nothing is said."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text(f"{TLS}.certificate_authorities: [own.pem, other.pem]\n")
    (tmp_path / "own.pem").write_bytes(new_ca("Our own CA").pem)
    (tmp_path / "other.pem").write_bytes(new_ca("Elastic Cloud us-east-1 CA").pem)
    found = [one for one in lint(file).findings if one.check == "trust/restrictions-missing"]
    assert [(one.severity, one.origin.line, one.origin.column) for one in found] == [(Severity.CRITICAL, 1, 65)]
    file.write_text(f"{TLS}.certificate_authorities: cloud-region-ca.pem\n")
    (tmp_path / "cloud-region-ca.pem").write_bytes(new_ca("A CA").pem)
    assert ("trust/restrictions-missing", 1) in critical(file)
    (tmp_path / "trust.yml").write_text("trust.subject_name: ['*.node.a.cluster.b.account']\n")
    file.write_text(f"{TLS}.certificate_authorities: other.pem\n{TLS}.trust_restrictions.path: trust.yml\n")
    assert critical(file) == []


def test_a_glued_bundle_beside_the_file(tmp_path: Path) -> None:
    """What the file names is judged where it lies."""
    (tmp_path / "elasticsearch.yml").write_text(f"{TLS}.certificate_authorities: ca.pem\n")
    glued = new_ca("One").pem.rstrip(b"\n") + new_ca("Two").pem
    (tmp_path / "ca.pem").write_bytes(glued)
    found = lint(tmp_path / "elasticsearch.yml").findings
    assert [(Path(one.origin.file).name, one.check) for one in found if one.check == "tls/pem-glued"] == [
        ("ca.pem", "tls/pem-glued")
    ]


@pytest.mark.parametrize(
    "text",
    [
        'cluster.name: ""\n',
        'cluster.name: "\\u0001"\n',
        "cluster.name: [a, b]\n",
        "cluster.remote..mode: x\n",
        "cluster.remote: [a]\n",
        "cluster.remote.c.seeds: [[a], {b: c}, null, 1]\n",
        "xpack.security.transport.ssl.certificate_authorities: [{a: b}, '', '../..', '/']\n",
        "remote_cluster_server.enabled: [true]\n",
        "cluster.remote.${X}.mode: proxy\n",
    ],
)
def test_odd_values_are_no_trouble(text: str, tmp_path: Path) -> None:
    """Whatever stands there, the rest is judged."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text(f"{text}cluster.remote.logs.skip_unavailabel: true\n{REMOTE}")
    assert ("config/unknown-setting", 2) in critical(file)

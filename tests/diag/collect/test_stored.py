"""What somebody stored for diag to read: the answer of a reload of the keystores, and the certificate that signs requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.collect.credentials import Keys
from diag.collect.material import read_material
from diag.collect.reload_response import keystore_of, read_reload
from diag.config import ClusterConfig, RemoteConfig
from diag.evidence import reload
from diag.evidence.cluster_evidence import NO_SIGNING
from diag.evidence.reload import NO_RELOAD
from diag.model import (
    Keystore,
    NodeReload,
    Reason,
    SecureSettingsReload,
    SecurityModel,
    SigningIdentity,
    Step,
    Unavailable,
)
from tests import pki

RECORDED = Path(__file__).parent / "api"


def recorded(release: str) -> Any:
    """Recorded answers of one release."""
    return json.loads((RECORDED / f"reload-{release}.json").read_text())


def read(answer: object) -> SecureSettingsReload:
    """Read an answer that was stored."""
    return reload.read("reload.json", json.dumps(answer).encode())


@pytest.mark.parametrize("release", ["8.19.0", "9.2.0"])
def test_a_reload_that_went_well(release: str) -> None:
    """Nothing is told but the name of the node; a wrong password is an error inside an answer of success."""
    answers = recorded(release)
    assert read(answers["well"]) == SecureSettingsReload(path="reload.json", nodes=(NodeReload(node="local-1"),))
    (node,) = read(answers["wrong-password"]).nodes
    assert node == NodeReload(node="local-1", error="security_exception: Provided keystore password was incorrect")


def test_later_releases_tell_of_the_keystore() -> None:
    """The names in it; where it could not be opened, none."""
    answers = recorded("9.5.2")
    (node,) = read(answers["well"]).nodes
    assert node.names is not None
    assert "cluster.remote.logs.credentials" in node.names
    assert not node.error
    (node,) = read(answers["wrong-password"]).nodes
    assert node.names is None
    assert node.error


def test_nodes_that_did_not_answer() -> None:
    """They stand beside the others, as failures: without them the reload would look as if it had gone well everywhere."""
    failure = {"type": "failed_node_exception", "reason": "Failed node [abc]", "node_id": "abc"}
    answer = {"_nodes": {"total": 2, "failed": 1, "failures": [failure]}, "nodes": {"x": {"name": "one"}}}
    assert read(answer).nodes == (
        NodeReload(node="one"),
        NodeReload(node="abc", error="failed_node_exception: Failed node [abc]"),
    )
    answer = {"_nodes": {"total": 2, "failed": 1}, "nodes": {"x": {}}}
    assert read(answer).nodes == (NodeReload(node="x"), NodeReload(node="1 of the nodes", error="it did not answer"))
    assert read({"_nodes": {"failed": 2}, "nodes": {}}).nodes[0].error


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"nodes",
        b"[]",
        b"null",
        b"{}",
        b'{"nodes": {}}',
        b'{"nodes": []}',
        b'{"nodes": {"x": 1}}',
        b'{"nodes": {"x": {}, "y": null}}',
        b'{"nodes": {"x": {"name": "one"}',
        b"9" * 10_000,
        b"[" * 200_000,
        b'{"nodes": ' * 100_000,
        json.dumps({"error": {"type": "security_exception"}, "status": 403}).encode(),
    ],
)
def test_what_is_no_such_answer(data: bytes) -> None:
    """A file that holds something else is said to be none, and is no reload that went well."""
    found = reload.read("reload.json", data)
    assert (found.nodes, bool(found.problem)) == ((), True)


def test_a_refusal_that_was_stored() -> None:
    """Whoever stores the answer of a call that was refused has no answer of a reload."""
    for release in ("8.19.0", "9.2.0", "9.5.2"):
        assert read(recorded(release)["forbidden"]).problem


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Whatever the file holds, reading it raises nothing."""
    reload.read("reload.json", data)


def test_the_file_of_a_reload(tmp_path: Path) -> None:
    """Not configured, there, and gone while the daemon runs."""
    path = tmp_path / "reload.json"
    assert read_reload(None) is NO_RELOAD
    path.write_text(json.dumps(recorded("8.19.0")["well"]))
    found = read_reload(path)
    assert isinstance(found, SecureSettingsReload)
    assert (found.path, len(found.nodes)) == (str(path), 1)
    path.unlink()
    gone = read_reload(path)
    assert isinstance(gone, Unavailable)
    assert (gone.step, gone.reason) == (Step.FILE, Reason.MISSING_FILE)
    path.mkdir()
    assert isinstance(read_reload(path), Unavailable)


def signing(path: Path | None, *cas: Path) -> SigningIdentity | Unavailable:
    """Read the certificate that requests to a remote are signed with."""
    remote = RemoteConfig.model_validate({"alias": "logs", "signing_certificate": path, "signing_ca": list(cas)})
    cluster = ClusterConfig.model_validate({"name": "eu", "remotes": [remote]})
    return read_material(cluster, remote, SecurityModel.API_KEY, Keys(cluster)).signing


def test_the_certificate_that_signs(tmp_path: Path, ca: pki.CA) -> None:
    """Its subject and what stands behind it: a key is not needed."""
    path = tmp_path / "signing.pem"
    assert signing(None) is NO_SIGNING
    issued = ca.intermediate("Signing Intermediate").leaf("search.example")
    path.write_bytes(issued.chain_pem)
    found = signing(path)
    assert isinstance(found, SigningIdentity)
    assert (found.path, found.subject, found.problem) == (str(path), "CN=search.example", "")
    assert [one.subject for one in found.chain] == ["CN=search.example", "CN=Signing Intermediate"]
    assert found.chain[0].not_after == issued.certificate.not_valid_after_utc


def test_what_signatures_are_verified_by(tmp_path: Path, ca: pki.CA) -> None:
    """A way is looked for to the CAs that are declared, and to none where there are none to look for."""
    path, right, wrong, none = (tmp_path / name for name in ("signing.pem", "ca.pem", "other.pem", "none.pem"))
    path.write_bytes(ca.intermediate("Signing Intermediate").leaf("search.example").chain_pem)
    right.write_bytes(ca.own.chain_pem)
    wrong.write_bytes(pki.new_ca("Other").own.chain_pem)
    none.write_bytes(b"")
    found = [
        signing(path, *cas) for cas in ((right,), (wrong,), (none,), (tmp_path / "missing.pem",), (wrong, right), ())
    ]
    ways = [one.verified for one in found if isinstance(one, SigningIdentity)]
    assert [None if way is None else way.trusted for way in ways] == [True, False, None, None, True, None]
    trusts = [one.trust for one in found if isinstance(one, SigningIdentity)]
    assert isinstance(trusts[3], Unavailable)
    assert trusts[3].reason is Reason.MISSING_FILE
    assert isinstance(trusts[5], Unavailable)
    assert trusts[5].reason is Reason.NOT_REQUESTED


@pytest.mark.parametrize("data", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_that_is_none(tmp_path: Path, data: bytes) -> None:
    """It is said to be none; without a subject there is always a problem."""
    path = tmp_path / "signing.pem"
    path.write_bytes(data)
    found = signing(path)
    assert isinstance(found, SigningIdentity)
    assert found.subject == ""
    assert found.problem


def test_a_certificate_that_vanishes(tmp_path: Path, good: pki.Issued) -> None:
    """It is missing evidence then, and the other files are read all the same."""
    path = tmp_path / "signing.pem"
    path.write_bytes(good.chain_pem)
    assert isinstance(signing(path), SigningIdentity)
    path.unlink()
    found = signing(path)
    assert isinstance(found, Unavailable)
    assert (found.step, found.reason) == (Step.FILE, Reason.MISSING_FILE)


CORPUS = Path(__file__).parents[2] / "trials" / "document-cases" / "14-reload-response"


@pytest.mark.parametrize("name", ["ok", "bom", "utf16", "cmd-first", "console", "console-warn", "curl-i", "trailing"])
def test_an_answer_as_people_save_it(name: str) -> None:
    """What consoles, curl and shells write around it does no harm; the names in the keystore answer what nobody declared."""
    path = CORPUS / f"{name}.json"
    found = reload.read(str(path), path.read_bytes())
    assert [(one.node, one.names) for one in found.nodes] == [("node-0", ("cluster.remote.logs.credentials",))]
    told = keystore_of(Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="x"), found)
    assert told == Keystore(names=("cluster.remote.logs.credentials",))


@pytest.mark.parametrize(
    ("name", "words"), [("err", "refused (403): security_exception: x"), ("yamlformat", "no answer of")]
)
def test_what_is_no_answer(name: str, words: str) -> None:
    """An error says what was refused; what is no JSON is no answer."""
    path = CORPUS / f"{name}.json"
    assert words in reload.read(str(path), path.read_bytes()).problem


def test_a_request_with_a_body_before_the_answer() -> None:
    """The body of the request, which holds a password, is not the answer."""
    text = (
        'POST _nodes/reload_secure_settings\n{"secure_settings_password": "x"}\n\n{"nodes": {"a": {"name": "one"}}}\n$ '
    )
    assert reload.read("r", text.encode()).nodes == (NodeReload(node="one"),)
    assert reload.read("r", b'{"error": "no handler found for uri [/x]"}').problem.endswith(
        "no handler found for uri [/x]"
    )


def test_names_of_some_nodes_are_not_the_keystore() -> None:
    """Where one node does not tell its names, what is missing among the others may be there; what is declared goes first."""
    not_declared = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="x")
    some = SecureSettingsReload(path="r", nodes=(NodeReload(node="a", names=("n",)), NodeReload(node="b")))
    assert keystore_of(not_declared, some) is not_declared
    declared = Keystore(names=())
    assert (
        keystore_of(declared, SecureSettingsReload(path="r", nodes=(NodeReload(node="a", names=("n",)),))) is declared
    )

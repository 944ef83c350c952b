"""What is asked, what follows from answers, and what is refused."""

from __future__ import annotations

import pytest

from diag.model import Kind, Mode, SecurityModel
from diag.setup import missing, problems
from diag.setup.answers import KINDS, MODELS
from tests.diag.setup.made import answers, made


def test_what_may_be_chosen() -> None:
    """Every platform that has remotes, and both models."""
    assert set(KINDS) == {*Kind} - {Kind.SERVERLESS}
    assert set(MODELS) == {*SecurityModel}


def test_the_first_questions() -> None:
    """Without any answer: who, which model, which releases, under which name and where; the rest hangs on these."""
    asked = [question.flag for question in missing({})]
    assert asked == [
        "--local-kind",
        "--remote-kind",
        "--security-model",
        "--local-release",
        "--remote-release",
        "--alias",
        "--address",
    ]


@pytest.mark.parametrize(
    ("model", "local", "remote", "asked"),
    [
        ("api_key", "hosted", "hosted", ["--search or --replicate"]),
        (
            "api_key",
            "hosted",
            "self_managed",
            ["--remote-cluster", "--remote-scope", "--remote-node", "--search or --replicate"],
        ),
        ("api_key", "self_managed", "ece", ["--search or --replicate"]),
        ("api_key", "eck", "hosted", ["--local-cluster", "--local-scope", "--search or --replicate"]),
        ("certificate", "hosted", "hosted", ["--local-cluster", "--local-scope", "--remote-cluster", "--remote-scope"]),
        (
            "certificate",
            "hosted",
            "self_managed",
            ["--local-cluster", "--local-scope", "--remote-cluster", "--remote-scope", "--remote-node"],
        ),
        (
            "certificate",
            "self_managed",
            "eck",
            ["--local-cluster", "--local-scope", "--local-node", "--remote-cluster", "--remote-scope"],
        ),
    ],
)
def test_questions_by_platform(model: str, local: str, remote: str, asked: list[str]) -> None:
    """Ids and nodes are asked for where they stand in a document; a key needs something that it is for, a certificate does not."""
    given = answers(model, local, remote)
    kept = {"security_model", "local_kind", "remote_kind", "local_release", "remote_release", "alias", "address"}
    assert [question.flag for question in missing({key: given[key] for key in kept})] == asked


def test_nothing_is_asked_twice() -> None:
    """Complete answers leave no question; what is replicated is a use, too."""
    assert list(missing(answers("api_key", "eck", "self_managed"))) == []
    assert list(missing(answers("api_key", "hosted", "hosted", search=()))) == []
    assert [one.flag for one in missing(answers("api_key", "hosted", "hosted", search=(), replicate=()))] == [
        "--replicate"
    ]


@pytest.mark.parametrize(
    ("model", "remote", "typed", "expected"),
    [
        ("api_key", "self_managed", "logs.example", "logs.example:9443"),
        ("certificate", "self_managed", "logs.example", "logs.example:9300"),
        ("certificate", "eck", "10.0.0.1", "10.0.0.1:9300"),
        ("certificate", "hosted", "logs.example", "logs.example:9400"),
        ("certificate", "ece", "logs.example", "logs.example:9400"),
        ("api_key", "ece", "logs.example", "logs.example:9443"),
        ("api_key", "self_managed", "2001:db8::1", "[2001:db8::1]:9443"),
        ("api_key", "self_managed", "[2001:db8::1]:9500", "[2001:db8::1]:9500"),
        ("api_key", "self_managed", "logs.example:9500", "logs.example:9500"),
        ("api_key", "self_managed", "https://logs.example", "https://logs.example"),
    ],
)
def test_ports(model: str, remote: str, typed: str, expected: str) -> None:
    """A host gets the port of its platform and model; what has a port keeps it, and what is no host stays as it is."""
    assert made(model, "hosted", remote, address=(typed,)).addresses == (expected,)


def test_server_names() -> None:
    """An endpoint is its own server name; an IP address is none; what was given stays; mode sniff has none."""
    assert made("api_key", "hosted", "hosted").server_name == "logs.example"
    assert made("api_key", "hosted", "hosted", address=("10.0.0.1",)).server_name == ""
    assert made("api_key", "hosted", "self_managed").server_name == ""
    assert made("api_key", "hosted", "eck", server_name="es.example").server_name == "es.example"
    assert made("api_key", "hosted", "eck", mode="sniff").server_name == ""
    assert made("api_key", "hosted", "eck", mode="sniff").mode is Mode.SNIFF


def test_a_public_ca() -> None:
    """Elastic Cloud's own proxies have one; elsewhere it is said."""
    assert made("api_key", "self_managed", "hosted").public_ca
    assert not made("api_key", "self_managed", "ece").public_ca
    assert made("api_key", "self_managed", "ece", public_ca="true").public_ca


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alias": "Logs"}, "--alias 'Logs'; expected lower-case"),
        ({"alias": "logs.eu"}, "--alias 'logs.eu'"),
        ({"alias": "-logs"}, "--alias '-logs'"),
        ({"address": ("https://logs.example:9300",)}, "--address 'https://logs.example:9300'"),
        ({"address": ("user@logs.example:9300",)}, "without a scheme, a path or a user"),
        ({"address": ("$HOST:9300",)}, "--address '$HOST:9300'"),
        ({"address": ("a.found.io:9300",)}, "--remote-kind hosted or ece"),
        ({"address": ("a:9300", "b:9300")}, "--address is there 2 times"),
        ({"mode": "sniff", "server_name": "a"}, "--server-name belongs to mode proxy"),
        ({"search": ("logs-*,audit",)}, "--search 'logs-*,audit'"),
        ({"search": ("eu:logs-*",)}, "--search 'eu:logs-*'"),
        ({"replicate": ("-logs",)}, "--replicate '-logs'"),
        ({"local_cluster": "search"}, "32 hexadecimal digits"),
        ({"local_scope": "house"}, "the id of the organization"),
        ({"remote_cluster": "logs.eu"}, "--remote-cluster 'logs.eu'; expected letters, digits and dashes"),
        ({"remote_scope": "*"}, "--remote-scope '*'"),
        ({"remote_node": ("a/b",)}, "--remote-node 'a/b'"),
        ({"remote_node": ("nöde",)}, "--remote-node 'nöde'"),
        ({"remote_node": ("a", "a,b.example")}, "2 nodes have the name"),
        ({"remote_node": ("a.b", "a-b")}, "2 nodes have the name"),
        ({"remote_node": ("a,https://x",)}, "'https://x'"),
        ({"remote_node": ("a,10.0.0.300",)}, "'10.0.0.300' is no IP address"),
        ({"remote_node": ("a,*.example",)}, "'*.example'"),
        ({"remote_node": ("",)}, "--remote-node ''"),
    ],
)
def test_refused(change: dict[str, str | tuple[str, ...]], words: str) -> None:
    """What could not be written down right is named, with what was expected."""
    found = problems(made("certificate", "hosted", "self_managed", **change))
    assert any(words in one for one in found), found


def test_two_clusters_of_one_name() -> None:
    """In the certificate model they could not be told apart."""
    same = {"local_cluster": "logs", "local_scope": "house"}
    assert problems(made("certificate", "self_managed", "self_managed", **same)) == (
        "--local-cluster and --remote-cluster are one, with one scope; expected two clusters",
    )
    assert problems(made("api_key", "self_managed", "self_managed", **same)) == ()

"""Each text of an error is of its kinds and of no other, and no other module holds a fragment of such a text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from diag.evidence.elasticsearch.errors import (
    ErrorKind,
    changed_name,
    index_named,
    reason_of,
    roles_refused_remotely,
    type_of,
)

K = ErrorKind
ROOT = Path(__file__).parents[3]
SEARCH = "action [indices:data/read/search]"
REMOTELY = f"{SEARCH} towards remote cluster is unauthorized for user [elastic] with assigned roles [viewer, superuser]"

# As nodes of 6.8 to 9.2 wrote them, or as their sources do.
TEXTS = [
    ("api key is expired", {K.KEY_EXPIRED}),
    ("invalid credentials for API key [x]", {K.KEY_WRONG_SECRET}),
    ("api key [x] has been invalidated", {K.KEY_INVALIDATED}),
    ("unable to find apikey with id x", {K.KEY_NOT_FOUND}),
    ("authentication expected API key type of [cross_cluster], but API key [x] has type [rest]", {K.KEY_WRONG_TYPE}),
    ("unable to authenticate user [x] for action [cluster:internal/remote_cluster/handshake]", {K.NOT_AUTHENTICATED, K.SECURITY}),
    ("unable to authenticate user [diag] for REST request [/_search]", {K.NOT_AUTHENTICATED, K.SECURITY, K.LOGIN_REFUSED}),
    ("missing authentication credentials for REST request [/]", {K.LOGIN_REFUSED}),
    ("missing authentication credentials for action [x]", {K.OF_TRANSPORT}),
    (f"{SEARCH} is unauthorized for user [_es_anonymous_user]", {K.OF_TRANSPORT, K.PRIVILEGE, K.SECURITY}),
    (f"{REMOTELY} authenticated by API key id [x]", {K.KEY_MAY_NOT_CONNECT, K.OF_TRANSPORT, K.PRIVILEGE, K.SECURITY}),
    ("current license is non-compliant for [ccr]", {K.LICENSE}),
    ("current license is non-compliant for [advanced-remote-cluster-security]", {K.LICENSE, K.OF_REMOTE_CLUSTER_SERVER}),
    (
        "the dedicated remote cluster server port require transport header [_cross_cluster_access_credentials] but none found.",
        {K.OF_REMOTE_CLUSTER_SERVER, K.KEY_HEADER_MISSING, K.KEY_NOT_SENT},
    ),
    ("Cannot verify signed cross-cluster headers because [cluster.remote.signing] has not trust configuration", {K.SIGNATURES_NOT_CONFIGURED}),
    ("Failed to verify cross cluster api key signature certificate from [(certificates=2)]", {K.SIGNATURE_NOT_VERIFIED}),
    ("connect_transport_exception: Unable to open any proxy connections to cluster [logs]", {K.CONNECTION, K.NOTHING_OPENS}),
    ("no_such_remote_cluster_exception: no such remote cluster: [old]", {K.CONNECTION}),
    ("unknown host [logs.example]", {K.UNKNOWN_HOST}),
    ("node [n] does not have the [remote_cluster_client] role", {K.NO_CLIENT_ROLE}),
    ("transform requires a remote connection but remote is disabled", {K.TRANSFORM_LACKS_REMOTE}),
    ("no handler found for uri [/_ccr/stats] and method [GET]", {K.NO_SUCH_CALL}),
    ("failed to find action [ActionType [cluster:monitor/xpack/info/ccr]] to execute", {K.NO_SUCH_ACTION}),
    ("parse_exception: unexpected field [remote_cluster]", {K.UNKNOWN_ROLE_FIELD}),
    ("index_not_found_exception: no such index [orig]", {K.LEADER_GONE, K.NO_SUCH_INDEX}),
    ("resource_not_found_exception: Operations are no longer available for following", {K.OPERATIONS_GONE}),
    ("unexpected history uuid, expected [a], actual [b], shard is likely restored from snapshot or force allocated", {K.HISTORY_CHANGED}),
    ("blocked by [FORBIDDEN/4/index closed]", {K.INDEX_CLOSED}),
    ("blocked by: [FORBIDDEN/8/index write (api)]", {K.INDEX_BLOCKED}),
    ("illegal_argument_exception: unknown setting [index.new]", {K.UNKNOWN_SETTING}),
    ("Limit of total fields [1000] has been exceeded", {K.MAPPING_LIMIT}),
    ("the following engine is not a following engine", {K.NO_FOLLOWER}),
    ("an error of a later release", set()),
    ("", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds"), TEXTS, ids=[text[:40] for text, _ in TEXTS])
def test_a_text_is_of_its_kinds(text: str, kinds: set[ErrorKind]) -> None:
    """Capitals do not matter; all other kinds do not fit."""
    for spelled in (text, text.upper()):
        assert kinds == {kind for kind in ErrorKind if kind.fits(spelled)}


def test_who_was_refused() -> None:
    """The roles of the user where the remote cluster refused; else it was the local one, which names none of the key."""
    assert roles_refused_remotely(f"{REMOTELY} authenticated by API key id [x]") == {"viewer", "superuser"}
    assert roles_refused_remotely(f"{SEARCH} is unauthorized for user [diag] with effective roles [superuser]") is None


def test_names_in_errors() -> None:
    """Which name a cluster took for an index, and which name a remote cluster has and should have."""
    assert index_named("Invalid index name [_xpack], must not start with '_'") == "_xpack"
    assert index_named(f"{SEARCH} is unauthorized for user [x] on indices [_ccr], this action is granted by") == "_ccr"
    assert index_named("no such index [a]") == ""
    text = "handshake with [x] failed: remote cluster name [b] does not match expected remote cluster name [a]"
    assert changed_name(text) == ("b", "a")
    assert changed_name("remote cluster name [b] is fine") is None


def test_type_and_reason_of_an_answer() -> None:
    """Both may be missing, and an answer may be anything."""
    refused = {"error": {"type": "index_not_found_exception", "reason": "no such index [a]"}, "status": 404}
    assert (type_of(refused), reason_of(refused)) == ("index_not_found_exception", "no such index [a]")
    assert (type_of({"error": "no handler"}), reason_of({"error": "no handler"})) == ("", "no handler")
    for odd in (None, [], {}, {"error": {"type": 5, "reason": []}}, {"error": None}):
        assert (type_of(odd), reason_of(odd)) == ("", "")


def constants(tree: ast.AST) -> set[str]:
    """The texts of a module, docstrings left out."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return {node.value.lower() for node in found if isinstance(node.value, str)}


def test_the_texts_have_one_home() -> None:
    """No other module compares with a fragment; the emulated nodes of the lab write such texts, which is another thing."""
    parts = {part for kind in ErrorKind for one in kind.value for part in ((one,) if isinstance(one, str) else one)}
    assert all(part == part.lower() for part in parts)
    sentences = {part for part in parts if " " in part or "_exception" in part}  # Others are names of settings too.
    home = ROOT / "diag/evidence/elasticsearch/errors.py"
    for path in sorted((*ROOT.glob("diag/**/*.py"), *ROOT.glob("checks/**/*.py"))):
        text = path.read_text("utf-8")
        if path != home and "lab" not in path.parts and any(part in text.lower() for part in sentences):
            assert not constants(ast.parse(text)) & sentences, path

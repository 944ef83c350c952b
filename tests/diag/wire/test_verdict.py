"""What became of a key, by the texts that live nodes of 8.19.0 and 9.2.0 answered, in either order of the two frames."""

from __future__ import annotations

import itertools

import pytest

from diag.model import KeyVerdict
from diag.wire import Frame, RemoteError, decode_frame, error_response, is_final, judge_key

KEY_ID = "VuaCfGcBCdbkQm-e5aOx"
ACTION = "cluster:internal/remote_cluster/handshake"
GENERIC = f"unable to authenticate user [{KEY_ID}] for action [{ACTION}]"
LICENCE = "current license is non-compliant for [advanced-remote-cluster-security]"
SEEN = [
    ("api key is expired", KeyVerdict.EXPIRED),
    (f"api key [{KEY_ID}] has been invalidated", KeyVerdict.INVALIDATED),
    (f"invalid credentials for API key [{KEY_ID}]", KeyVerdict.WRONG_SECRET),
    (f"unable to find apikey with id {KEY_ID}", KeyVerdict.UNKNOWN_ID),
    (
        f"authentication expected API key type of [cross_cluster], but API key [{KEY_ID}] has type [rest]",
        KeyVerdict.WRONG_TYPE,
    ),
    ("invalid cross-cluster API key value", KeyVerdict.MALFORMED),
    ("server is too busy to respond", KeyVerdict.UNCLEAR),
    ("api keys are not enabled", KeyVerdict.KEYS_DISABLED),
]


def frame(*texts: str) -> Frame:
    """An error frame with these messages inside the outermost one."""
    errors = [RemoteError(0, 103, "", f"[n1][127.0.0.1:9443][{ACTION}]"), *(RemoteError(0, 4, "", x) for x in texts)]
    return decode_frame(error_response(errors, 9185002))


@pytest.mark.parametrize(("text", "verdict"), SEEN)
def test_each_text_in_either_order(text: str, verdict: KeyVerdict) -> None:
    """The exact text decides, alone, before and behind the one that says nothing; and nothing of the key is in the detail."""
    for frames in ([frame(text)], *map(list, itertools.permutations([frame(GENERIC), frame(text)]))):
        judged = judge_key(frames)
        assert judged.verdict is verdict
        assert not judged.unlicensed
        assert KEY_ID not in judged.detail
        assert judged.detail
        assert not is_final(frames)


@pytest.mark.parametrize(("text", "verdict"), SEEN)
def test_the_license_is_told_beside_it(text: str, verdict: KeyVerdict) -> None:
    """The license is checked before the key, and its answer comes first."""
    judged = judge_key([frame(LICENCE), frame(text)])
    assert (judged.verdict, judged.unlicensed) == (verdict, True)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        ((LICENCE,), KeyVerdict.UNLICENSED),
        ((GENERIC,), KeyVerdict.REFUSED),
        ((f"missing authentication credentials for action [{ACTION}]",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER),
        (("something of a later release",), KeyVerdict.UNCLEAR),
        (("error attempting to authenticate request",), KeyVerdict.UNCLEAR),
    ],
)
def test_what_else_a_node_may_answer(texts: tuple[str, ...], verdict: KeyVerdict) -> None:
    """What is not known is never taken for accepted."""
    assert judge_key([frame(*texts)]).verdict is verdict


def test_no_answer_proves_nothing() -> None:
    """Silence is no refusal and no acceptance."""
    assert judge_key([]).verdict is KeyVerdict.UNCLEAR

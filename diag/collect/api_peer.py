"""Who answers an API, as far as it changes what an answer means and what somebody has to do about it. Data, and what a refusal says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from diag.evidence.elasticsearch.errors import reason_of
from diag.evidence.reading import items, mapping, text
from diag.lazy_dataclass import dataclass
from diag.model import Reason

Meaning = tuple[Reason, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ApiPeer:
    """One kind of API.

    ``name`` is how sentences call it, ``key`` where its key is configured. ``stated`` is what each status means, with what to do; in
    it ``{privilege}`` and ``{on}`` stand for what a call needs. ``says`` gives what a parsed refusal says of itself. ``places`` is how
    many calls are open at once.
    """

    name: str
    key: str
    key_form: str
    stated: Mapping[int, Meaning]
    says: Callable[[object], str]
    places: int


ELASTICSEARCH: Final = ApiPeer(
    name="Elasticsearch",
    key="auth.api_key",
    key_form="the field `encoded` of the answer that created it",
    stated={
        401: (
            Reason.UNAUTHENTICATED,
            "the login is refused (401): under auth, expected a valid encoded API key, or username and password",
        ),
        403: (
            Reason.FORBIDDEN,
            "the privilege is missing (403): give the API key or user under auth the {on} privilege {privilege}",
        ),
        404: (
            Reason.NOT_FOUND,
            "nothing is there (404): expected the address of Elasticsearch itself as url, without the path of a call",
        ),
        410: (
            Reason.NOT_FOUND,
            "this cluster does not offer that call (410), as on serverless: declare what it would report",
        ),
        429: (
            Reason.TOO_MANY_REQUESTS,
            "the call was turned away (429): Elasticsearch or a proxy limits calls now; the next round asks again",
        ),
    },
    says=reason_of,
    places=64,
)


def _errors_of_cloud(parsed: object) -> str:
    """What the errors of a refusal say (BasicFailedReply): its codes with its messages."""
    errors = items(mapping(parsed).get("errors"))
    return "; ".join(f"{text(one.get('message'))} ({text(one.get('code'))})" for one in errors)


def _message_of_status(parsed: object) -> str:
    """What a Status of Kubernetes says."""
    return text(mapping(parsed).get("message"))


KUBERNETES: Final = ApiPeer(
    name="the API server of Kubernetes",
    key="token of the platform",
    key_form="the token of a ServiceAccount, as `kubectl create token` prints it",
    stated={
        401: (
            Reason.UNAUTHENTICATED,
            "the token, or the client certificate, is refused (401): expected a valid one; a token of `kubectl create token` ends by itself, make another",
        ),
        403: (
            Reason.FORBIDDEN,
            "the role lacks {privilege} (403): apply what `diag setup kubernetes-role` prints for the namespaces of the platform, or write the namespaces that it may read under namespaces",
        ),
        404: (
            Reason.NOT_FOUND,
            "this API server does not know that kind (404): is ECK installed there, and is url the address of the API server alone?",
        ),
        410: (
            Reason.OUT_OF_TIME,
            "the list changed while it was read (410), twice: the API server forgets its pages too early; write namespaces, so that lists are shorter",
        ),
        429: (Reason.TOO_MANY_REQUESTS, "the API server turns calls away now (429); the next round asks again"),
    },
    says=_message_of_status,
    places=8,
)
CLOUD: Final = ApiPeer(
    name="the API of Elastic Cloud",
    key="api_key of the platform",
    key_form="a key of the organization, or of Elastic Cloud Enterprise, as it was shown when it was made",
    stated={
        401: (
            Reason.UNAUTHENTICATED,
            (
                "the key is refused (401): under api_key of the platform, expected a valid key of the organization (Elastic Cloud) or of "
                "Elastic Cloud Enterprise, not one of Elasticsearch and not a cross-cluster key"
            ),
        ),
        403: (
            Reason.FORBIDDEN,
            "the role of the key does not allow it (403): give the key the role {privilege}",
        ),
        404: (
            Reason.NOT_FOUND,
            "nothing of that id is there, or the key may not see it (404): look at platform, deployment and the role of the key",
        ),
        429: (
            Reason.TOO_MANY_REQUESTS,
            "the call was turned away (429): the platform limits calls, and asks for a longer pause than this round has; the next one asks again",
        ),
    },
    says=_errors_of_cloud,
    places=8,
)

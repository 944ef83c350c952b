"""The calls at an API server of Kubernetes: lists of four kinds, and so the only right that is needed is to list these."""

from __future__ import annotations

from enum import Enum
from typing import Final
from urllib.parse import quote

from diag.evidence.call import Call

# So many objects are asked for at a time; where they are so large that the client does not take the answer, fewer.
AT_A_TIME: Final = (250, 40, 8)
# What a whole Kubernetes holds serves every cluster of it for so long.
_SHARED_SECONDS: Final = 30.0
VERB: Final = "list"


class Resource(Enum):
    """A kind that is read: its group, empty for the core, its version, its name in addresses and roles, and that in answers."""

    ELASTICSEARCH = ("elasticsearch.k8s.elastic.co", "v1", "elasticsearches", "Elasticsearch")
    SERVICE = ("", "v1", "services", "Service")
    POLICY = ("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy")
    # What cert-manager (https://cert-manager.io) is asked to make: names, and neither certificates nor keys.
    CERTIFICATE = ("cert-manager.io", "v1", "certificates", "Certificate")

    @property
    def group(self) -> str:
        """The group, as a role names it."""
        return self.value[0]

    @property
    def plural(self) -> str:
        """The name, as a role names it."""
        return self.value[2]

    @property
    def is_of_an_extra(self) -> bool:
        """Whether it is of something that many a Kubernetes does not have: an API server that does not know it has none."""
        return self is Resource.CERTIFICATE

    @property
    def kind(self) -> str:
        """The name of one object, as answers call it."""
        return self.value[3]

    def call(self, namespace: str, going_on: str = "", *, at_a_time: int = AT_A_TIME[0], of_now: bool = False) -> Call:
        """List it in a namespace, or in all of them where that is empty; ``going_on`` is what the page before gave.

        ``of_now``: the answer that another round got some seconds ago does not do.
        """
        group, version, plural, _ = self.value
        base = f"/apis/{group}/{version}" if group else f"/api/{version}"
        inside = f"/namespaces/{namespace}" if namespace else ""
        further = f"&continue={quote(going_on, safe='')}" if going_on else ""
        where = f"in the namespace {namespace}" if namespace else "in all namespaces"
        return Call(
            path=f"{base}{inside}/{plural}?limit={at_a_time}{further}",
            privilege=f"{VERB} {plural}{f'.{group}' if group else ''} {where}",
            # A page further on is of a moment: it is not kept for others.
            shared=0.0 if going_on or of_now else _SHARED_SECONDS,
        )

"""Reading lists of an API server of Kubernetes: namespace by namespace, page by page.

A page goes on with a mark that the server forgets after some minutes; then it answers 410, and the list is read again from its beginning
(documentation: Kubernetes API concepts, retrieving large results sets in chunks).
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from diag.collect.api_peer import KUBERNETES
from diag.collect.platforms.kubernetes_access import KubernetesAccess, access
from diag.collect.platforms.kubernetes_calls import AT_A_TIME, Resource
from diag.collect.session import ApiSession
from diag.collect.target import ApiTarget
from diag.config import PlatformConfig
from diag.documents.tree import Branch, branches, tree_of
from diag.evidence.call import Call
from diag.evidence.documents.origin import answer as at
from diag.evidence.reading import mapping, text, unreadable
from diag.model import Reason, Step, Unavailable

_MAX_PAGES: Final = 40
# What an API server that is busy asks for is a second or a few (Kubernetes: priority and fairness, Retry-After).
_PATIENCE: Final = 20.0
_TOO_MANY: Final = "there are more of them than are read: write namespaces"


class KubernetesReading:
    """Lists of one Kubernetes. ``of_now``: an answer that another round got is no news to who asks."""

    def __init__(self, platform: PlatformConfig, session: ApiSession, *, of_now: bool = False) -> None:
        self._platform = platform
        self._session = session
        self._of_now = of_now

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that are read; a single empty one stands for all of them."""
        return tuple(dict.fromkeys(self._platform.namespaces)) or ("",)

    async def way(self) -> KubernetesAccess | Unavailable:
        """The address and the login, as their files are now."""
        return await asyncio.to_thread(access, self._platform)

    async def objects(
        self, way: KubernetesAccess, resource: Resource, namespace: str
    ) -> tuple[Branch, ...] | Unavailable:
        """Every object of a kind in a namespace, or in all of them where that is empty."""
        found = await self._pages(way, resource, namespace, of_now=self._of_now)
        if isinstance(found, Unavailable) and found.reason is Reason.OUT_OF_TIME:
            return await self._pages(way, resource, namespace, of_now=True)
        return found

    async def _pages(
        self, way: KubernetesAccess, resource: Resource, namespace: str, *, of_now: bool
    ) -> tuple[Branch, ...] | Unavailable:
        found: list[Branch] = []
        going_on: object = ""
        sizes = list(AT_A_TIME)
        for _ in range(_MAX_PAGES):
            call = resource.call(namespace, str(going_on), at_a_time=sizes[0], of_now=of_now)
            page = await self._page(way, resource, call)
            if isinstance(page, Unavailable) and page.reason is Reason.TOO_LARGE and len(sizes) > 1:
                sizes.pop(0)
                continue
            if isinstance(page, Unavailable):
                return () if resource.is_of_an_extra and page.reason is Reason.NOT_FOUND else page
            found += _in_page(page, self._platform.name)
            # Opaque, and of any length: it is given back as it came.
            going_on = mapping(page.get("metadata")).get("continue")
            if not isinstance(going_on, str) or not going_on:
                return tuple(found)
        return Unavailable(step=Step.API, reason=Reason.TOO_LARGE, detail=f"{call.name}: {_TOO_MANY}", call=call.name)

    async def _page(self, way: KubernetesAccess, resource: Resource, call: Call) -> Any:  # noqa: ANN401 -- a mapping of JSON, or Unavailable.
        end, now = self._session.end, asyncio.get_running_loop().time()
        target = ApiTarget(
            url=way.url,
            ca=way.ca,
            ca_pem=way.ca_pem,
            token=way.token,
            client_key=way.client_key,
            seconds=self._session.seconds,
            peer=KUBERNETES,
            patience=_PATIENCE if end is None else max(0.0, min(_PATIENCE, end - now)),
        )
        value = (await self._session.at(target, (call,)))[call].value
        if isinstance(value, Unavailable):
            return value
        page = mapping(value)
        is_list = page.get("kind") == f"{resource.kind}List" and isinstance(page.get("items"), list | None)
        return page if is_list else unreadable(call, KUBERNETES.name)


def _in_page(page: Any, platform: str) -> list[Branch]:  # noqa: ANN401 -- a mapping of JSON.
    """The objects of a page, each with its own place: the kind, namespace and name by which kubectl shows it."""
    kind = text(page.get("kind")).removesuffix("List")
    found = list[Branch]()
    for one in page["items"] or ():
        if not isinstance(one, dict):
            continue
        inner = mapping(mapping(one).get("metadata"))
        place = at(f"{kind} {text(inner.get('namespace'))}/{text(inner.get('name'))} in {platform}")
        found += branches(tree_of(one, place))
    return found

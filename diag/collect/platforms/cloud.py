"""One platform of Elastic Cloud, or one installation of Elastic Cloud Enterprise, in one round: what is asked of it, in which order.

What is about the organization is asked once, whatever the number of deployments; of a deployment only what the configured clusters need:
four calls for the local one, two for each remote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from diag.collect.api_peer import CLOUD
from diag.collect.platforms import cloud_answers, cloud_calls, references
from diag.collect.session import ApiSession
from diag.collect.target import ApiTarget
from diag.config import Auth, PlatformConfig
from diag.evidence.call import Answers, Call
from diag.lazy_dataclass import dataclass
from diag.model import (
    CloudDeployment,
    LinkedDeployment,
    Listing,
    Platform,
    PlatformKind,
    Reason,
    Step,
    TrafficFilters,
    Unavailable,
    listed,
)

T = TypeVar("T")
# The seconds that pauses may take together where nobody bounds the round.
_PATIENCE: Final = 60.0
_OF_LOCAL_ALONE: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="only the deployment of the local cluster is asked for this"
)
_NO_ID: Final = Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail="no deployment is named")
_NOT_STATED: Final = Unavailable(
    step=Step.API,
    reason=Reason.NOT_FOUND,
    detail="neither the deployment nor the policies say which of them are associated: give the key a role that sees it",
)
_NOT_HERE: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="only an installation of Elastic Cloud Enterprise has this"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentReference:
    """A deployment that is asked for: that of the local cluster (``alias`` is empty) or of a remote, and how it is named."""

    alias: str
    reference: str


class CloudRound:
    """What one platform is asked in one round of one local cluster. ``failures`` are the calls that brought nothing, each once."""

    def __init__(self, platform: PlatformConfig, session: ApiSession) -> None:
        self._platform = platform
        self._session = session
        self._failures: dict[str, Unavailable] = {}

    @property
    def failures(self) -> tuple[Unavailable, ...]:
        """The calls that brought nothing, each once."""
        return tuple(self._failures.values())

    async def whole(self) -> tuple[Platform, TrafficFilters | Unavailable]:
        """Ask for what is about the organization or the installation: the platform, and every filter there is."""
        listing, account, filters, related, proxy = await asyncio.gather(
            self.ask(cloud_calls.LISTING, cloud_answers.listing),
            self.ask(cloud_calls.ACCOUNT, cloud_answers.account),
            self.ask(cloud_calls.FILTERS, cloud_answers.filters),
            self._of_installation(cloud_calls.RELATIONSHIPS, cloud_answers.relationships),
            self._of_installation(cloud_calls.PROXY_CERTIFICATE, cloud_answers.proxy_certificate),
        )
        platform = Platform(
            name=self._platform.name,
            kind=self._platform.kind,
            url=self._platform.address,
            listing=listing,
            account=account,
            relationships=related,
            proxy=proxy,
        )
        return platform, filters

    async def link(
        self, wanted: DeploymentReference, listing: Listing | Unavailable, filters: TrafficFilters | Unavailable
    ) -> LinkedDeployment:
        """Find a deployment, and ask for what is needed of it."""
        found = references.find(wanted.reference, listing)
        if found is None and isinstance(listing, Listing):
            found = await self._by_alias(wanted.reference, listing)
        if not isinstance(found, str):
            return self._linked(wanted, found or _NO_ID)
        call = cloud_calls.deployment(found)
        answer = await self.value(call)
        if isinstance(answer, Unavailable):
            return self._linked(wanted, answer)
        deployment = cloud_answers.deployment(call, answer, found)
        if isinstance(deployment, Unavailable):
            return self._linked(wanted, deployment)
        linked = replace(
            self._linked(wanted, deployment),
            trust=cloud_answers.trust(call, answer, found),
            filters=associated(deployment, filters),
        )
        return await self._completed(linked, deployment)

    async def _completed(self, linked: LinkedDeployment, one: CloudDeployment) -> LinkedDeployment:
        """Ask for the rest of a deployment: of that of the local cluster also its remotes and keystore."""
        authority = self.ask(cloud_calls.authority(one.id), cloud_answers.authority)
        if linked.alias or not references.is_path(one.ref_id):
            return replace(linked, authority=await authority)
        found, remotes, keystore = await asyncio.gather(
            authority,
            self.ask(
                cloud_calls.remotes(one.id, one.ref_id),
                lambda call, value: cloud_answers.remotes(call, value, one.id, one.ref_id),
            ),
            self.ask(cloud_calls.keystore(one.id, one.ref_id), cloud_answers.keystore),
        )
        return replace(linked, authority=found, remotes=remotes, keystore=keystore)

    async def _by_alias(self, alias: str, listing: Listing) -> str | Unavailable:
        """Ask the likeliest deployments for their alias: no list shows it."""
        ids = references.candidates(alias, listing)
        calls = {cloud_calls.deployment(one): one for one in ids}
        answers = await self._answers(tuple(calls))
        for call, one in calls.items():
            found = cloud_answers.deployment(call, answers[call].value, one)
            if isinstance(found, CloudDeployment) and found.alias == alias:
                return one
        failed = (answer.value for answer in answers.values() if isinstance(answer.value, Unavailable))
        return next(failed, references.no_alias(alias, listing))

    def _linked(self, wanted: DeploymentReference, found: CloudDeployment | Unavailable) -> LinkedDeployment:
        missing = found if isinstance(found, Unavailable) else _OF_LOCAL_ALONE
        return LinkedDeployment(
            alias=wanted.alias,
            platform=self._platform.name,
            kind=self._platform.kind,
            reference=references.shown(wanted.reference),
            deployment=found,
            trust=missing,
            remotes=missing,
            keystore=missing,
            filters=missing,
            authority=missing,
        )

    async def _of_installation(self, call: Call, read: Callable[[Call, object], T | Unavailable]) -> T | Unavailable:
        return await self.ask(call, read) if self._platform.kind is PlatformKind.ECE else _NOT_HERE

    async def ask(self, call: Call, read: Callable[[Call, object], T | Unavailable]) -> T | Unavailable:
        """Make a call, and read what it brings."""
        value = await self.value(call)
        if isinstance(value, Unavailable):
            return value
        found = read(call, value)
        if isinstance(found, Unavailable):
            self._failures[call.name] = found
        return found

    async def value(self, call: Call) -> object:
        """Make a call: its JSON, or Unavailable."""
        value = (await self._answers((call,)))[call].value
        if isinstance(value, Unavailable):
            self._failures[call.name] = value
        return value

    async def _answers(self, calls: tuple[Call, ...]) -> Answers:
        """Make calls; a peer that asks for a pause gets it, as long as the round lasts."""
        end, now = self._session.end, asyncio.get_running_loop().time()
        target = ApiTarget(
            url=self._platform.address,
            auth=Auth(api_key=self._platform.api_key),
            ca=self._platform.ca,
            seconds=self._session.seconds,
            peer=CLOUD,
            patience=_PATIENCE if end is None else max(0.0, end - now),
        )
        return await self._session.at(target, calls)


def associated(one: CloudDeployment, filters: TrafficFilters | Unavailable) -> TrafficFilters | Unavailable:
    """The filters of the organization that are associated with a deployment: it names them, or they name it."""
    named = set(one.filters or ())
    if isinstance(filters, Unavailable):
        return TrafficFilters() if one.filters == () else filters
    stated = one.filters is not None or all(found.entities is not None for found in filters.all)
    own = {one.id, one.cluster_id}
    found = tuple(found for found in filters.all if found.id in named or own & set(found.entities or ()))
    if not stated and not found:
        return _NOT_STATED
    unknown = named - {one.id for one in found}
    return TrafficFilters(all=found) if not unknown else _not_listed(unknown)


def _not_listed(ids: Iterable[str]) -> Unavailable:
    detail = f"the deployment has policies that the list does not show ({listed(sorted(ids))}): give the key a role that sees them"
    return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)

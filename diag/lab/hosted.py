"""A hosted deployment in the lab: a local cluster that a platform runs, its remotes, and what the platform says of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.lab.estates import Estate
from diag.lab.organization import LabDeployment, LabOrganization, trusted_environment
from diag.lab.peer import Manner
from diag.lab.scenarios import LOCAL_SCOPE, Scenario
from diag.model import Status

_NAME: Final = "hosted"
_PLATFORM: Final = "lab-cloud"
# A key of no worth, in the form of those of Elastic Cloud.
KEY: Final = "essu_bGFiLWtleS1vZi1uby13b3J0aA=="
_LOCAL: Final = "10ca1000000000000000000000000000"
_STOPPED: Final = "57099ed0000000000000000000000000"
_MOVED: Final = "3073d000000000000000000000000000"
_ENVIRONMENT: Final = "Lab machines"

HOSTED_SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario(
        alias="onprem",
        description="healthy: the deployment trusts its environment, and has its key",
        key=_NAME,
        settings={"trusted_environment": _ENVIRONMENT},
        status=Status.OK,
    ),
    Scenario(
        alias="asleep",
        description="the platform says that its deployment is stopped, and nobody answers",
        manner=Manner.OFF,
        key=_NAME,
        settings={"deployment": _STOPPED},
        status=Status.FAIL,
        root_cause=("cloud-api/deployment-stopped",),
    ),
    Scenario(
        alias="moved",
        description="its deployment was made anew, and has another endpoint than the one that is registered",
        key=_NAME,
        settings={"deployment": _MOVED, "server_name": "old-moved.lab.internal"},
        status=Status.FAIL,
        root_cause=("cloud-api/endpoint-differs",),
    ),
    Scenario(
        alias="pending",
        description="the steps in the console were left before Create trust",
        key=_NAME,
        settings={"trusted_environment": "Lab annex"},
        status=Status.FAIL,
        root_cause=("trust/env-incomplete",),
    ),
)


def hosted_organization(pems: Mapping[str, str]) -> LabOrganization:
    """What the platform answers. ``pems`` are the CAs: ``server`` signs the remotes, ``transport`` the nodes of the deployments."""
    authority = pems.get("transport", "")
    return LabOrganization(
        id=LOCAL_SCOPE,
        trusts_all=True,
        deployments=[
            LabDeployment(
                id=_LOCAL,
                name=_NAME,
                alias=_NAME,
                cluster_id="c" + _LOCAL[1:],
                endpoint="hosted.lab.internal",
                trust={
                    "accounts": [{"account_id": LOCAL_SCOPE, "trust_all": True}],
                    "external": [],
                    "direct": [trusted_environment(_ENVIRONMENT, pems.get("server", ""), type="proxy")],
                },
                keystore=[f"cluster.remote.{one.alias}.credentials" for one in HOSTED_SCENARIOS],
                authority=authority,
            ),
            LabDeployment(
                id=_STOPPED,
                name="asleep",
                cluster_id="c" + _STOPPED[1:],
                endpoint="asleep.lab.internal",
                status="stopped",
                healthy=False,
                authority=authority,
            ),
            LabDeployment(
                id=_MOVED,
                name="moved",
                cluster_id="c" + _MOVED[1:],
                endpoint="moved.lab.internal",
                authority=authority,
            ),
        ],
    )


HOSTED: Final = Estate(
    name=_NAME,
    key=KEY,
    key_file="platform.key",
    scenarios=HOSTED_SCENARIOS,
    answers=hosted_organization,
    platform={"name": _PLATFORM, "kind": "ech"},
    # What its keystore holds, the platform says.
    cluster={"kind": "hosted", "version": "8.15.3", "platform": _PLATFORM, "deployment": _NAME},
    acknowledged=("network/private-address",),
)

"""What platforms tell of a local cluster and its remotes, as a round puts it into its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from diag.evidence.reading import version
from diag.lazy_dataclass import dataclass
from diag.model import CloudDeployment, Keystore, LinkedDeployments, Surroundings, Unavailable, Version

# Where a release comes from that the platform tells.
PLATFORM: Final = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEvidence:
    """What platforms tell: by noun, and the keystore of the local cluster as its platform shows it (None: nobody asked).

    ``releases`` are those that Kubernetes tells, by alias; the local cluster's is that of the empty one.
    """

    nouns: Mapping[type, object] = field(default_factory=dict)
    keystore: Keystore | Unavailable | None = None
    releases: Mapping[str, Version] = field(default_factory=dict)

    def version(self, alias: str = "") -> Version | None:
        """The release of the plan in force of a remote's deployment, or of that of the local cluster; None where it is not known."""
        if alias in self.releases:
            return self.releases[alias]
        links = self.nouns.get(LinkedDeployments)
        found = links.of(alias) if isinstance(links, LinkedDeployments) else None
        deployment = None if found is None else found.deployment
        return version(deployment.version) if isinstance(deployment, CloudDeployment) else None

    def put_into(self, around: Surroundings) -> Surroundings:
        """Add it to what is known of the surroundings: what documents say stays there too."""
        return around.having({noun: _joined(around[noun], one) for noun, one in self.nouns.items()})


def _joined(known: Any, more: Any) -> Any:  # noqa: ANN401 -- a collection of the evidence, or why it is missing.
    if isinstance(known, Unavailable) or isinstance(more, Unavailable):
        return more if isinstance(known, Unavailable) else known
    return replace(more, all=(*known.all, *more.all))

"""A ``diag.yaml`` that was handed over as a document: loaded leniently, judged without a network, with the place of every setting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from diag.collect import gather
from diag.collect.no_network import NoNetwork
from diag.config import Config, ConfigError, load_config
from diag.documents.candidate import Candidate
from diag.documents.diag_yaml import origins_of
from diag.documents.document import Document
from diag.documents.source import Source
from diag.evidence.holders import Surroundings
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence
from diag.plan import round_input
from diag.vantage.placed_rounds import looked_at_from_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One ``diag.yaml``: the document, which is of no kind where it cannot be loaded, and what it says."""

    document: Document
    config: Config | None

    async def evidence(self, now: datetime) -> AsyncIterator[ClusterEvidence]:
        """What its files say of each of its local clusters."""
        candidate = Candidate(Source(self.document.named.name, self.document.text))
        for cluster in self.config.clusters if self.config else ():
            assert self.config is not None  # noqa: S101 -- there would be no cluster.
            found = await gather(round_input(self.config, cluster, now), NoNetwork())
            yield replace(found, surroundings=Surroundings.of(origins_of(candidate, cluster.name)))


def load(document: Document) -> Configuration:
    """Load it; what is wrong with it stands in ``why`` of the document."""
    path = document.named.path
    try:
        config = load_config(path if path is not None else Path("-"), lenient=True, data=document.named.data)
    except ConfigError as error:
        return Configuration(
            document=replace(document, kind=None, why=f"as diag.yaml it is refused: {error}"), config=None
        )
    # What files alone can show is the same from everywhere.
    return Configuration(document=document, config=looked_at_from_here(config)[0])

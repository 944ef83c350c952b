"""How the nodes of the local cluster begin connections to a remote, as declared and as they say: who sends in clear text."""

from __future__ import annotations

from collections.abc import Mapping

from diag.evidence.terms import VerificationMode
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTls:
    """What the configuration declares of the TLS of one interface of the local cluster's nodes; None: unknown."""

    enabled: bool | None = None
    verification_mode: VerificationMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How the nodes of the local cluster begin connections to a remote: their names, by what is known of each.

    ``declared`` is what the configuration says where no node was asked.
    """

    clear: tuple[str, ...] = ()
    tls: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    declared: bool | None = None

    @classmethod
    def of(cls, nodes: Mapping[str, bool | None], *, declared: bool | None) -> Sending:
        """Sort nodes by what is known of them; a declaration stands in for what is not."""
        reported = {name: declared if begins is None else begins for name, begins in nodes.items()}
        return cls(
            clear=tuple(name for name, begins in reported.items() if begins is False),
            tls=tuple(name for name, begins in reported.items() if begins),
            unknown=tuple(name for name, begins in reported.items() if begins is None),
            declared=declared,
        )

    @property
    def all_clear(self) -> bool:
        """Whether every node sends in clear text."""
        return (bool(self.clear) and not (self.tls or self.unknown)) or (self.declared is False and not self.tls)

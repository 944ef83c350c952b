"""Where a check applies."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from diag.lazy_dataclass import dataclass
from diag.model import Kind, LocalCluster, Mode, Remote, SecurityModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Applies:
    """Where a check applies; an empty tuple means everywhere. Printed in the documentation."""

    models: tuple[SecurityModel, ...] = ()
    modes: tuple[Mode, ...] = ()
    local_kinds: tuple[Kind, ...] = ()
    remote_kinds: tuple[Kind, ...] = ()

    @classmethod
    def settings(cls, **more: tuple[Any, ...]) -> Applies:
        """Where there are ``cluster.remote`` settings at all: everywhere but on a serverless local cluster."""
        kinds = tuple(kind for kind in Kind if kind is not Kind.SERVERLESS)
        return cls(**{"local_kinds": kinds, **more})

    def refusal(self, cluster: LocalCluster, remote: Remote | None) -> str:
        """Say why the check does not apply; empty if it does."""
        if self.local_kinds and cluster.kind not in self.local_kinds:
            return f"the local cluster is {cluster.kind}"
        if remote is None:
            return ""
        if self.models and remote.security_model not in self.models:
            return f"security model is {remote.security_model}"
        if self.modes and remote.effective_mode not in self.modes:
            return f"connection mode is {remote.effective_mode}"
        if self.remote_kinds and remote.kind not in self.remote_kinds:
            return f"the remote cluster is {remote.kind}"
        return ""

    def __str__(self) -> str:
        """Say it in words, for the documentation."""
        parts = [
            ("security model", self.models),
            ("connection mode", self.modes),
            ("local cluster", self.local_kinds),
            ("remote cluster", self.remote_kinds),
        ]
        return "; ".join(f"{what} {_words(values)}" for what, values in parts if values) or "every remote"


def _words(values: tuple[StrEnum, ...]) -> str:
    """Name what is left, or what is left out where that is a single one."""
    others = [one for one in type(values[0]) if one not in values]
    return f"not {others[0]}" if len(others) == 1 and len(values) > 1 else " or ".join(values)

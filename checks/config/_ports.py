"""Ports that are no interface for remotes at all, or not one of this cluster: those of HTTP, and those of the other platform."""

from __future__ import annotations

from diag.model import (
    Remote,
    SecurityModel,
)


def model(remote: Remote) -> str:
    return "API key" if remote.security_model is SecurityModel.API_KEY else "certificate"

"""Releases that do not go with what a remote is used for, or how it is used."""

from __future__ import annotations

from typing import Final

from checks.shared.release_range import RELEASED
from diag.check import Applies

ANY: Final = Applies(local_kinds=RELEASED, remote_kinds=RELEASED)

"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

from typing import Final

PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"

"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

from typing import Final

from diag.check import Applies
from diag.model import SecurityModel

APPLIES: Final = Applies.settings(models=(SecurityModel.CERTIFICATE,))


PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"

"""Trust between all nodes of both sides: who asks whom for a certificate, and whether all nodes agree."""

from __future__ import annotations

from typing import Final

from diag.check import Applies
from diag.model import (
    SecurityModel,
)

BY_CERTIFICATE: Final = Applies(models=(SecurityModel.CERTIFICATE,))

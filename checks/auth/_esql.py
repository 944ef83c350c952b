"""What ES|QL asks of local roles and of the API key, beyond what a search asks."""

from __future__ import annotations

from typing import Final

from diag.check import NotApplicable

NO_ENRICH: Final = NotApplicable("use.enrich is not declared for this remote")
NOBODY: Final = NotApplicable("no role reaches this remote; auth/local-remote-indices-missing is about that")
MONITOR_ENRICH: Final = "monitor_enrich"

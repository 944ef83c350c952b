"""One alert, as plain data and as what Prometheus reads."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert. ``why`` is for the reader of the file; ``page`` and ``runbook`` are addresses, empty where there is none to open."""

    name: str
    why: str
    expr: str
    wait: str
    severity: str
    summary: str
    description: str
    action: str
    page: str = ""
    runbook: str = ""
    keeps: bool = True

    def rule(self, keep: str) -> dict[str, object]:
        """The alert as Prometheus reads it; ``keep`` is how long it goes on where its condition is gone."""
        annotations = {
            "summary": self.summary,
            "description": self.description,
            "action": self.action,
            "page": self.page,
            "runbook_url": self.runbook,
        }
        return {
            "alert": self.name,
            "expr": self.expr,
            "for": self.wait,
            **({"keep_firing_for": keep} if self.keeps else {}),
            "labels": {"severity": self.severity},
            "annotations": {name: text for name, text in annotations.items() if text},
        }


def urgent_below(limit: float) -> str:
    """The severity of an alert whose value is what is left: critical below the limit."""
    return f"{{{{ if lt $value {limit:.1f} }}}}critical{{{{ else }}}}warning{{{{ end }}}}"


def urgent_above(limit: float) -> str:
    """The severity of an alert whose value is what has piled up: critical above the limit."""
    return f"{{{{ if gt $value {limit:.1f} }}}}critical{{{{ else }}}}warning{{{{ end }}}}"

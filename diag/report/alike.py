"""Remotes of one cluster of which the same is to be said: where there are many, it is stated once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from diag.model import Finding, Outcome, RemoteReport

MAX_ALONE: Final = 5
_NUMBERS: Final = re.compile(r"[0-9]+")
# A value that belongs to one remote: an address, a name of a host or a certificate, a number. A word such as a verdict is none.
_OWN_VALUE: Final = re.compile(r"\S*[\d.:/@]\S*|.*=.*")


def together(remotes: Sequence[RemoteReport]) -> list[tuple[RemoteReport, ...]]:
    """Put remotes together that read alike, in the place of the first; up to ``MAX_ALONE`` of them stay alone."""
    if len(remotes) <= MAX_ALONE:
        return [(one,) for one in remotes]
    alike: dict[object, list[RemoteReport]] = {}
    for remote in remotes:
        alike.setdefault(_picture(remote), []).append(remote)
    groups: list[tuple[RemoteReport, ...]] = []
    for found in alike.values():
        groups += [tuple(found)] if len(found) > MAX_ALONE else [(one,) for one in found]
    place = {id(remote): number for number, remote in enumerate(remotes)}
    return sorted(groups, key=lambda group: place[id(group[0])])


def _picture(remote: RemoteReport) -> object:
    """What is said of a remote apart from its own names and values: how far it was looked at, and what each check says."""
    settings = remote.evidence.remote
    dialled = (name for one in settings.dialled for name in (one.text, one.host))
    names = set(filter(None, (settings.alias, settings.server_name, *dialled)))
    statements = tuple(
        (
            one.check,
            one.outcome,
            one.severity,
            one.explained_by,
            one.acknowledged and one.acknowledged.words,
            tuple(_sentences(finding, names) for finding in one.findings),
            _bare(one.because, names),
        )
        for one in remote.results
        if one.outcome is Outcome.FAIL or (one.is_open and not one.explained_by)
    )
    seen = tuple(part for _, part in remote.coverage.parts)
    return remote.status, remote.passed, settings.security_model, settings.effective_mode, seen, statements


def _sentences(finding: Finding, names: set[str]) -> tuple[str, ...]:
    """The sentences of a finding without the values of this remote. Another sentence is another cause, whatever check it comes from."""
    facts = (text for fact in finding.facts.values() for text in (fact if isinstance(fact, tuple) else (str(fact),)))
    own = names | set(filter(_OWN_VALUE.fullmatch, facts))
    return tuple(_bare(text, own) for text in (finding.summary, finding.remedy, *(fix.when for fix in finding.fix)))


def _bare(text: str, own: set[str]) -> str:
    """A sentence without values, the longer ones first, and without numbers."""
    values = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    return _NUMBERS.sub("", re.sub(values, "", text) if values else text)

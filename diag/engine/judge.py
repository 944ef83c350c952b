"""Judge evidence: call each check with what it asked for, and fold what it yields into one result. Pure and synchronous."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from diag.check import Check, NotApplicable, Scope, Verdicts
from diag.engine import differences
from diag.engine.askable import skip
from diag.engine.chosen import Asking, Chosen
from diag.engine.contradictions import contradict
from diag.engine.depends import ANY_REMOTE, EACH_ROUND, STANDING, On, on_fields
from diag.engine.folding import fold
from diag.engine.places import cluster_slots, first_contacts, places, remote_slots, second_hop
from diag.engine.remembered import NO_FRAME, Comparison, Frame, Judged, JudgedRound, Memory
from diag.engine.running import CheckAnswer, Slots, View, ask
from diag.evidence.reads import NOTHING as NOTHING_READ
from diag.evidence.reads import Reads, forget_facts, reading, taken
from diag.model import ClusterEvidence, Outcome, RemoteEvidence, Result, Unavailable
from diag.text import clip


class Look:
    """One remote, or the local cluster itself, while it is judged: its places are made where a check has to be asked there."""

    def __init__(self, shared: Slots, asking: Asking, evidence: RemoteEvidence | None = None) -> None:
        alias = "" if evidence is None else evidence.remote.alias
        self.judged = Judged(alias=alias, shared=shared, asking=asking, evidence=evidence)
        self.evidence = evidence
        self.is_other = False
        self._views: dict[Scope, tuple[View, ...]] = {}

    @functools.cached_property
    def around(self) -> Slots:
        """All that is known of the remote and its cluster."""
        shared = self.judged.shared
        return shared if self.evidence is None else {**shared, **remote_slots(self.evidence)}

    @functools.cached_property
    def further(self) -> tuple[View, ...]:
        """The addresses of the second hop."""
        return () if self.evidence is None else tuple(second_hop(self.evidence, self.around))

    def views(self, check: Check) -> tuple[View, ...]:
        """The places that a check looks at."""
        found = self._views.get(check.scope) or self._at(check.scope)
        return found + self.further if check.second_hop else found

    def frame(self) -> Frame:
        """Make all places, and note what they depend on."""
        if self.evidence is None:
            return NO_FRAME
        taken()
        standing = first_contacts(self.evidence) if self.evidence.connection_established else None
        for scope in (Scope.ENDPOINT, Scope.PROBE):
            self._at(scope)
        len(self.further)
        return Frame(standing, on_fields(taken().fields))

    def leave(self) -> None:
        """Let go of the places: all those of a large cluster together would take more than its evidence."""
        self._views.clear()
        for name in ("around", "further"):
            self.__dict__.pop(name, None)

    def _at(self, scope: Scope) -> tuple[View, ...]:
        if scope not in self._views:
            self._views[scope] = (
                (View(self.around),)
                if self.evidence is None
                else tuple(places(scope, self.judged.cluster, self.evidence, self.around))
            )
        return self._views[scope]


def compared(look: Look, before: Judged | None, compare: Comparison) -> None:
    """Find what is known otherwise than in the round ``before``. Where something else is declared now, nothing of it holds."""
    now, evidence = look.judged, look.evidence
    if before is None or before.asking is not now.asking or not compare.same_declared(before, now):
        return
    now.changed = compare.of_cluster(before.shared, now.shared)
    if evidence is not None and before.evidence is not None:
        own = frozenset(differences.of_remote(before.evidence, evidence))
        look.is_other, now.changed = bool(own), now.changed | own if own else now.changed


def _framed(look: Look, before: Judged | None) -> None:
    """Find the places, after the look was ``compared``, and what changed of them. Not earlier: they are large, and are held for one remote only."""
    now, evidence, changed = look.judged, look.evidence, look.judged.changed
    if before is None or changed is None:
        now.frame = look.frame()
        return
    if before.frame.on.isdisjoint(changed):
        now.frame = before.frame
        return
    now.frame = look.frame()
    if now.frame.standing != before.frame.standing:
        changed = changed.union((STANDING,))
    if evidence is not None and before.evidence is not None:
        changed = changed.union(differences.of_places((before.cluster, before.evidence), (now.cluster, evidence)))
    now.changed = changed


def _is_news(look: Look) -> bool:
    """Whether something is known of a remote itself that was not known before."""
    return look.judged.changed is None or look.is_other


def _judged(look: Look, before: Judged | None, compare: Comparison, news: AbstractSet[On], *, remember: bool) -> Judged:
    """Ask the checks, after the look was ``compared``. What the round ``before`` said is kept where it would be said again.

    ``news`` is what is known otherwise beyond that, ``remember``: note what each answer depends on.
    """
    now = look.judged
    _framed(look, before)
    if before is None or now.changed is None:
        _ask_all(look, before, remember=remember)
        look.leave()
        return now
    again = {
        *compare.again(before.on, now.changed | news if news else now.changed),
        *before.ended(now.cluster.taken_at),
    }
    now.results, now.on, now.dated = before.results, before.on, before.dated
    if again:
        _ask_again(look, sorted(again))
    look.leave()
    return now


def _ask_all(look: Look, before: Judged | None, *, remember: bool) -> None:
    now, asking = look.judged, look.judged.asking
    applying = asking.applying(now.cluster.cluster, None if look.evidence is None else look.evidence.remote)
    now.dated, results, on = {}, list(applying.results), list(applying.on)
    _begin()
    for together in applying.together:
        views, others = look.views(together.first), together.numbers
        if len(views) == 1:
            askable = together.at(views[0])
            others = askable.others
            for place, skipped in askable.skipped:
                results[place] = skipped
            _ask_here(look, views[0], askable.asked, results, on)
        for place in others:
            results[place], on[place] = _answer(look, place, views)
    found = tuple(filter(None, results))
    if before is not None and before.asking is asking:
        found = tuple(map(_again, before.results, found))
    now.results = found
    now.on = asking.one_of(tuple(on)) if remember else ()


def _begin() -> None:
    """Forget what was read before the first check, and what was worked out of another remote."""
    taken()
    forget_facts()


def _ask_here(
    look: Look, view: View, places_: Iterable[int], results: list[Result | None], on: list[frozenset[On]]
) -> None:
    """Ask checks at the one place that they look at, where they lack nothing. Most have nothing to say, and read nothing but what they asked for."""
    asking, reads, slots = look.judged.asking, reading(), view.slots
    questions, depends, passed = asking.questions, asking.depends, asking.passed
    for place in places_:
        things = questions[place].things(slots)
        if not things:
            results[place] = passed[place]
            on[place] = _on(look, place, depends[place].asked) if reads else depends[place].asked
        elif len(things) == 1 and type(why := things[0]) is NotApplicable and type(why.because) is str:
            results[place] = skip(asking.checks[place], (clip(why.because),))
            on[place] = _on(look, place, depends[place].asked) if reads else depends[place].asked
        else:
            results[place], on[place] = _made(look, place, [questions[place].answer(things, view.where)])


def _ask_again(look: Look, places_: Iterable[int]) -> None:
    """Ask some of the checks, and keep the results of the others."""
    now, asking = look.judged, look.judged.asking
    results, on, now.dated = list(now.results), list(now.on), dict(now.dated)
    _begin()
    for place in places_:
        now.dated.pop(place, None)
        result, on[place] = _answer(look, place, look.views(asking.checks[place]))
        results[place] = _again(results[place], result)
    if not all(map(operator.is_, results, now.results)):
        now.results = tuple(results)
    if not all(map(operator.is_, on, now.on)):
        now.on = asking.one_of(tuple(on))


def _again(before: Result | None, now: Result) -> Result:
    """The result of before, where a check says the same again: what follows from it is then kept too."""
    return before if before is not None and (before is now or before == now) else now


def _answer(look: Look, place: int, views: Iterable[View]) -> tuple[Result, frozenset[On]]:
    """Ask one check everywhere, and say what its answer depends on."""
    question = look.judged.asking.questions[place]
    return _made(look, place, [ask(question, view) for view in views])


def _made(look: Look, place: int, stated: Sequence[CheckAnswer]) -> tuple[Result, frozenset[On]]:
    """Make one result of what a check said at its places, and say what it depends on."""
    check, depends = look.judged.asking.checks[place], look.judged.asking.depends[place]
    standing = look.judged.frame.standing
    if standing is not None:
        contradict(stated, check, standing)
    result = fold(check, stated)
    on = _on(look, place, depends.lacking if all(one.lacking for one in stated) else depends.asked)
    if result.outcome is Outcome.ERROR:
        on = on.union((EACH_ROUND,))  # It may only have been in want of time.
    elif check.while_connected is not None and result.outcome is Outcome.FAIL:
        on = on.union((STANDING,))
    return result, on


@functools.lru_cache(maxsize=4096)
def _between(since: datetime | None, until: datetime | None) -> Reads:
    """The time for which an answer holds: one value for all that hang on the same dates, as those of one certificate behind many remotes."""
    return Reads(frozenset(), since, until)


def _on(look: Look, place: int, on: frozenset[On]) -> frozenset[On]:
    """What an answer depends on: what was asked for, and what was read beyond that."""
    read = taken()
    if read is NOTHING_READ:
        return on
    if read.is_dated:
        look.judged.dated[place] = _between(read.since, read.until)
    return look.judged.asking.both(on, read.fields)


def judge_round(evidence: ClusterEvidence, chosen: Chosen, memory: Memory, *, remember: bool) -> JudgedRound:
    """Judge the remotes, then the local cluster as a whole, and last by the checks that look at all these results."""
    shared, compare = cluster_slots(evidence), Comparison()
    looks = [Look(shared, chosen.of_remotes, one) for one in evidence.remotes]
    before = [memory.judged.get(look.judged.alias) for look in looks]
    for look, known in zip(looks, before, strict=True):
        compared(look, known, compare)
    news: set[On] = (
        {ANY_REMOTE} if any(map(_is_news, looks)) or memory.aliases != [one.judged.alias for one in looks] else set()
    )
    for look, known in zip(looks, before, strict=True):
        memory.judged[look.judged.alias] = _judged(look, known, compare, news, remember=remember)
    remotes = tuple(look.judged for look in looks)
    whole = Look(shared, chosen.of_cluster(documents=evidence.surroundings.has_documents))
    compared(whole, memory.cluster, compare)
    own = _judged(whole, memory.cluster, compare, news, remember=remember)
    same_results = memory.cluster is not None and own.results is memory.cluster.results
    if not same_results or any(
        old is None or old.results is not one.results for old, one in zip(before, remotes, strict=True)
    ):
        news.add(Verdicts)
    results = {"": own.results, **{one.alias: one.results for one in remotes}}
    last = Look({**shared, Verdicts: Verdicts(checks=chosen.by_id, results=results)}, chosen.of_verdicts)
    last.judged.changed = None if memory.verdicts is None else own.changed
    memory.cluster, memory.verdicts = own, _judged(last, memory.verdicts, compare, news, remember=remember)
    memory.aliases = [one.alias for one in remotes]
    forget_facts()
    return JudgedRound(chosen.in_order((*own.results, *memory.verdicts.results)), remotes)


def answerable(evidence: ClusterEvidence, checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that can find something in this evidence: each of the others lacks, everywhere, what it needs to be asked at all."""
    shared = cluster_slots(evidence)
    around = [(one, {**shared, **remote_slots(one)}) for one in evidence.remotes]
    views = {scope: [view for one, slot in around for view in places(scope, evidence, one, slot)] for scope in Scope}
    views[Scope.CLUSTER] = [View(shared)]
    # Places that lack the same have the same answer.
    lacking = {
        scope: {frozenset(slot for slot, value in view.slots.items() if isinstance(value, Unavailable)) for view in at}
        for scope, at in views.items()
    }
    return tuple(
        check
        for check in checks
        if check.in_documents is not None or any(lack.isdisjoint(check.required) for lack in lacking[check.scope])
    )

"""Remotes that read alike are told once, and nothing that differs is hidden behind another one."""

from __future__ import annotations

import dataclasses

from diag.model import Finding, Fix, Outcome, RemoteReport, Result, Where
from diag.report import RenderOptions, render
from diag.report.alike import MAX_ALONE, together
from tests import reportlib
from tests.reportlib import Layer, Severity

MANY = MAX_ALONE + 1


def refused(port: int, **more: str) -> Result:
    """A refused connection, with the values of one remote."""
    told = {"summary": f"The connection is refused: 192.0.2.7:{port}.", "remedy": "Start the node."} | more
    finding = Finding(**told, severity=Severity.CRITICAL, facts={"addresses": (f"192.0.2.7:{port}",)})
    return Result(
        check="network/tcp-refused",
        outcome=Outcome.FAIL,
        layer=Layer.TCP,
        severity=Severity.CRITICAL,
        findings=(finding,),
    )


def remotes(number: int, *results: Result, start: int = 0) -> list[RemoteReport]:
    """So many remotes, each with its own refused port and these results."""
    return [
        reportlib.remote(
            refused(9000 + n), *results, remote={"alias": f"r{n}", "proxy_address": f"h{n}.example:{9000 + n}"}
        )
        for n in range(start, start + number)
    ]


def text(*found: RemoteReport, verbose: bool = False) -> str:
    """Render a report about them."""
    return render(reportlib.whole(reportlib.cluster(*found)), "text", options=RenderOptions(verbose=verbose))


def test_a_thousand_refused_remotes() -> None:
    """They take one block, which names the first of them, and what is said is said once."""
    one = remotes(1)[0]
    settings = one.evidence.remote
    many = [
        dataclasses.replace(
            one, evidence=dataclasses.replace(one.evidence, remote=dataclasses.replace(settings, alias=f"r{n}"))
        )
        for n in range(1000)
    ]
    found = text(*many)
    assert len(found.splitlines()) < 40
    assert "search-eu → 1000 remotes" in found
    assert found.count("The connection is refused") == 1
    assert "and 980 more" in " ".join(found.split())
    assert "1000 remotes: 1000 failing" in found


def test_few_stay_alone_and_verbose_tells_each() -> None:
    """Up to five have a block each, with -v any number has."""
    assert [len(group) for group in together(remotes(MAX_ALONE))] == [1] * MAX_ALONE
    assert text(*remotes(MANY)).count("The connection is refused") == 1
    assert text(*remotes(MANY), verbose=True).count("The connection is refused") == MANY


def test_the_place_is_that_of_the_first() -> None:
    """Others keep their order around the group."""
    alone, other = remotes(1, reportlib.SLOW, start=50)[0], reportlib.remote(*reportlib.passed(2))
    groups = together([other, *remotes(3), alone, *remotes(3, start=3)])
    assert [group[0].alias for group in groups] == [other.alias, "r0", "r50"]
    assert [len(group) for group in groups] == [1, MANY, 1]


def test_what_differs_is_not_put_together() -> None:
    """Another sentence, another fix, another finding, another part that was looked at: each is a picture of its own."""
    base = remotes(MANY)
    first = base[0]

    def with_result(result: Result) -> RemoteReport:
        return dataclasses.replace(first, results=(result,))

    fix = Fix(where=Where.LOCAL, commands="true", when="if it is down")
    finding = refused(9000).findings[0]
    different = (
        with_result(refused(9000, summary="The connection is refused by a firewall: 192.0.2.7:9000.")),
        with_result(refused(9000, remedy="Start the proxy.")),
        with_result(dataclasses.replace(refused(9000), findings=(dataclasses.replace(finding, fix=(fix,)),))),
        dataclasses.replace(first, results=(*first.results, reportlib.SLOW)),
        dataclasses.replace(
            first, coverage=dataclasses.replace(first.coverage, remote_view=reportlib.remote().coverage.tls.NO)
        ),
    )
    for other in different:
        assert sorted(len(group) for group in together([*base, other])) == [1, MANY]


def test_a_word_that_is_a_fact_still_tells_them_apart() -> None:
    """A verdict is no value of one remote, though it stands in the facts: refused and expired are two causes."""

    def said(word: str) -> RemoteReport:
        finding = Finding(
            summary=f"The key is {word}.", remedy="Make one.", severity=Severity.ERROR, facts={"verdict": word}
        )
        result = Result(
            check="auth/key-invalid",
            outcome=Outcome.FAIL,
            layer=Layer.TRUST,
            severity=Severity.ERROR,
            findings=(finding,),
        )
        return reportlib.remote(result)

    groups = together([said("expired") for _ in range(MANY)] + [said("revoked") for _ in range(MANY)])
    assert [len(group) for group in groups] == [MANY, MANY]


def test_open_questions_are_alike_only_for_one_reason() -> None:
    """A name that could not be looked up in time, and a login that nobody gave, are two reasons."""

    def unknown(number: int, because: str) -> RemoteReport:
        question = reportlib.unknown("auth/key-invalid", because.format(number))
        return reportlib.remote(question, remote={"alias": f"r{number}", "proxy_address": f"h{number}.example:9443"})

    late = [unknown(n, "looking up h{}.example timed out") for n in range(MANY)]
    nobody = [unknown(n, "no credential is configured for this remote") for n in range(MANY)]
    assert [len(group) for group in together([*late, *nobody])] == [MANY, MANY]


def test_healthy_ones() -> None:
    """Many healthy remotes are one block without an example: there is nothing to show."""
    found = text(*(reportlib.remote(*reportlib.passed(n), remote={"alias": f"r{n}"}) for n in range(1, MANY + 1)))
    assert f"{MANY} remotes" in found.splitlines()[0]
    assert found.splitlines()[0].endswith("✓ ok")
    assert "here of" not in found

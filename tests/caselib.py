"""Read case files: each holds evidence, and what one check has to say about it. ``diag.report.case`` has the form.

The evidence is a patch on a healthy base::

    base: api_key              # the healthy evidence in tests/cases/base/<name>.yaml
    why: one sentence, and the source of the rule
    given:                     # patched in; a mapping merges, a list replaces, integer keys patch list items
      cluster: {kind: hosted}            # the local cluster
      local_version: 8.11.0              # or {unavailable: "text"}; the same for every piece of evidence
      keystore: [cluster.remote.logs.credentials]
      now: 2026-01-15T12:00:00Z
      thresholds: {leaf_days_warning: 60}
      remote: {proxy_address: "logs.example:9400"}      # cluster.remotes holds this one and those of ``siblings``
      unreadable: {unavailable: "the cluster settings could not be read"}    # every check that asks for Remote is told so
      siblings: [{alias: Logs}]          # further remotes: patches on the remote of the base
      remote_version: 8.12.0
      trust: {...}   identity: {...}   restrictions: {...}   credential: {form: not_base64}   signing: {path: sign.pem}
      endpoint: {...}  resolution: {...}                # of the first endpoint
      connection: {...}  tls: {...}  chain: {...}  leaf: {...}  sni_trials: [...]    # of its first probe
      transport: {reply: closed}  key: {verdict: expired}  interface: {interface: transport}        # of its first probe; unavailable by itself where TLS failed
      local_api: {license: {type: basic}}               # the pieces of LocalApi; of the base, they are healthy
      belief: {info: {connected: false}}  remote_api: {nodes: {all: {0: {version: 8.14.0}}}}  past: {looks: [...]}
      documents: {elasticsearch.yml: "cluster.remote.a.mode: proxy"}     # files that were handed over, by name: read as diag lint reads them
      platform: {local: {status: stopped}}       # what a platform tells of both: a patch on base/platform.yaml, explained in caseplatform.py
      surroundings: {settings_texts: {unavailable: "it does not exist", step: file, reason: missing_file}}
      more_probes: [{ip: 10.0.0.2, leaf: {...}}]        # further IP addresses: patches on the first probe
      published: [{address: "10.1.0.1:9443", nodes: [remote-1], by_api: true, leaf: {...}}]  # what nodes publish: patches on the first probe; or {all: […], left_out: 8}
      # In any list {repeat: 5000, name: a} stands for so many of the same.
    expect:
      outcome: fail            # pass | fail | skip | unknown
      severity: critical       # of the result
      because: [words]         # of a skip or unknown: each must be in ``because``
      root: [group/problem]    # the root causes that all checks together name; left out: this check where it finds an error or a
                               # warning of this remote, else none
      findings:                # exactly as many as the check yields, in order
        - summary: ["9400", "9443"]      # each must be in the summary
          remedy: ["cluster.remote.logs.proxy_address"]      # each must be in the sentence, or in what is typed
          fix: ["PUT _cluster/settings"]       # each must be in what is typed
          severity: critical
          at: "elasticsearch.yml:4:3"    # the place in a document: file, line, column
          facts: {port: 9400}            # a subset

or, in the place of ``base`` and ``given``, the whole ``evidence`` of a cluster with one remote, as ``diag run --save-evidence`` keeps it and
``diag replay evidence.json --case group/problem`` writes it down. A word that nothing reads, and a case that expects nothing, is refused.
"""

from __future__ import annotations

import copy
import functools
import pickle
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from checks import TABLE, written
from diag.check import Scope
from diag.check.table import table_of
from diag.documents.assemble import Given, assemble
from diag.documents.document import nouns_of, read_document
from diag.documents.files import Named
from diag.documents.row import Reading
from diag.engine import judge, load_catalogue
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    LinkedDeployments,
    Outcome,
    Result,
    Severity,
    Surroundings,
    Unavailable,
)
from diag.report.case import CaseFile, Expectation, read_case
from tests.caseplatform import told

CASES = Path(__file__).parent / "cases"
_EVIDENCE = TypeAdapter(ClusterEvidence)
_ABSENCE = TypeAdapter(Unavailable)


@dataclass(frozen=True)
class Case:
    """One file. It is read when something is asked of it, and judged once, by all checks, whoever asks."""

    path: Path

    def __str__(self) -> str:
        """Name it as pytest shows it."""
        return f"{self.check}/{self.path.stem}"

    @property
    def check(self) -> str:
        """The check that it is about: named by the two folders above the file."""
        return f"{self.path.parent.parent.name}/{self.path.parent.name}"

    @property
    def file(self) -> CaseFile:
        """What the file holds."""
        return _read_case(self.path)

    @property
    def expect(self) -> Expectation:
        """What is expected."""
        return self.file.expect

    @property
    def evidence(self) -> ClusterEvidence:
        """What was seen."""
        return _evidence_of(self.path)

    @property
    def report(self) -> ClusterReport:
        """What all checks together say of it."""
        return _report_of(self.path)

    @property
    def result(self) -> Result:
        """What its own check says of it; where it is about documents, what the check says of those."""
        every = [*self.report.results, *(result for remote in self.report.remotes for result in remote.results)]
        if self.is_about_documents:
            every = [*self.report.results]
        elif self.is_about_a_platform:
            # What a platform tells is judged as documents are, too.
            of_remotes = [result for remote in self.report.remotes for result in remote.results]
            every = of_remotes if any(one.check == self.check for one in of_remotes) else [*self.report.results]
        results = [result for result in every if result.check == self.check]
        assert len(results) == 1, f"no check of id {self.check}"
        return results[0]

    @property
    def is_about_documents(self) -> bool:
        """Whether it hands documents over."""
        return not self.is_about_a_platform and self.evidence.surroundings.has_documents

    @property
    def is_about_a_platform(self) -> bool:
        """Whether a platform tells something in it."""
        told_of = not isinstance(self.evidence.surroundings[LinkedDeployments], Unavailable)
        return told_of or "platform" in (self.file.given or {})

    @property
    def roots(self) -> tuple[str, ...]:
        """The root causes that it expects of all checks together."""
        if self.expect.root is not None:
            return self.expect.root
        found = catalogue().find(self.check)
        counts = self.expect.outcome is Outcome.FAIL and self.expect.severity is not Severity.INFO
        of_remote = found is not None and found.scope is not Scope.CLUSTER and not self.is_about_documents
        return (self.check,) if counts and of_remote else ()


@functools.lru_cache(maxsize=8)
def _read_case(path: Path) -> CaseFile:
    try:
        return read_case(path.read_text())
    except ValueError as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from None


@functools.lru_cache(maxsize=8)
def _evidence_of(path: Path) -> ClusterEvidence:
    case = _read_case(path)
    if case.evidence is not None:
        return _strictly(dict(case.evidence), path.stem)
    return patched(case.base, dict(case.given or {}))


def patched(base: str, given: dict[str, Any]) -> ClusterEvidence:
    """Build the evidence of a base, patched with what is given."""
    merged = merge(pickle.loads(_base_in_bytes(base)), given)  # noqa: S301 -- our own bytes: a copy at a tenth of the price.
    _register_as_declared(merged, given)
    return evidence(merged)


@functools.lru_cache(maxsize=8)
def _report_of(path: Path) -> ClusterReport:
    return judge(_evidence_of(path), catalogue().checks)


_REGISTERED = ("mode", "proxy_address", "server_name", "seeds", "proxy", "skip_unavailable")


def _register_as_declared(merged: dict[str, Any], given: dict[str, Any]) -> None:
    """Let the local cluster have what is declared, unless the case says what it has: a case is about one fault."""
    changed = given.get("remote")
    if not isinstance(changed, dict) or not ({*_REGISTERED, "alias"} & set(changed)):
        return
    remote, belief, api = merged["remote"], given.get("belief") or {}, given.get("local_api") or {}
    if "unavailable" in str(belief.get("registration", "")) or "registration" in belief or "registrations" in api:
        return
    values = [[key, _as_text(remote[key])] for key in _REGISTERED if remote.get(key) not in (None, "", [])]
    one = {"alias": remote["alias"], "persistent": [key for key, _ in values], "values": values}
    if isinstance(merged["belief"], dict) and "unavailable" not in merged["belief"].get("registration", {}):
        merged["belief"]["registration"] = one
    if "unavailable" not in merged["local_api"]["registrations"]:
        merged["local_api"]["registrations"] = {"all": [one]}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@functools.cache
def base_of(name: str) -> dict[str, Any]:
    """The healthy evidence of that name; whoever changes it copies it first."""
    found: dict[str, Any] = yaml.load((CASES / "base" / f"{name}.yaml").read_text(), yaml.CSafeLoader)
    return found


@functools.cache
def _base_in_bytes(name: str) -> bytes:
    return pickle.dumps(base_of(name))


def all_cases() -> list[Case]:
    """Every case of every check; none of them is read yet."""
    return [Case(path) for path in sorted(CASES.glob("*/*/*.yaml"))]


def merge(base: Any, patch: Any) -> Any:
    """Merge mappings deeply; integer keys patch the items of a list; everything else replaces."""
    if isinstance(patch, dict) and "unavailable" in patch:
        return patch
    if isinstance(base, list) and isinstance(patch, dict) and all(isinstance(key, int) for key in patch):
        return [merge(item, patch[i]) if i in patch else item for i, item in enumerate(base)]
    if isinstance(base, dict) and isinstance(patch, dict) and "unavailable" not in base:
        return {key: merge(base.get(key), patch[key]) if key in patch else base[key] for key in {**base, **patch}}
    return copy.deepcopy(patch)


def evidence(given: dict[str, Any]) -> ClusterEvidence:
    """Build the evidence of a case; a word that the evidence does not know is an error."""
    given = _written_out(copy.deepcopy(given))
    documents, absent = given.pop("documents", {}), given.pop("surroundings", {})
    platform = given.pop("platform", None)
    siblings = [merge(given["remote"], patch) for patch in given.pop("siblings", [])]
    remote = given.pop("remote")
    probe = {
        key: given.pop(key) for key in ("ip", "port", "connection", "tls", "chain", "transport", "key", "sni_trials")
    }
    if "interface" in given:
        probe["interface"] = given.pop("interface")
    _put_leaf(probe, given.pop("leaf", {}))
    _follow_tls(probe)
    probes = [probe, *(_another(probe, patch) for patch in given.pop("more_probes", []))]
    endpoint = {"endpoint": given.pop("endpoint"), "resolution": given.pop("resolution"), "probes": probes}
    if "unavailable" in endpoint["resolution"]:
        endpoint["probes"] = []
    more = given.pop("more_endpoints", [])
    endpoints: Any = {"all": [endpoint, *(merge(endpoint, patch) for patch in more)]}
    endpoints = given.pop("endpoints", endpoints)
    raw = {
        "cluster": {**given.pop("cluster"), "remotes": [remote, *siblings]},
        "taken_at": given.pop("now"),
        "local_version": _version(given.pop("local_version")),
        "keystore": _keystore(given.pop("keystore")),
        "thresholds": given.pop("thresholds", {}),
        "api": given.pop("local_api"),
        "surroundings": absent,
        "remotes": [
            {
                "remote": remote,
                "unreadable": given.pop("unreadable", None),
                "remote_version": _version(given.pop("remote_version")),
                "trust": given.pop("trust"),
                "identity": given.pop("identity"),
                "restrictions": given.pop("restrictions"),
                "credential": given.pop("credential"),
                **({"signing": given.pop("signing")} if "signing" in given else {}),
                "endpoints": endpoints,
                **({"published": _published(probe, given.pop("published"))} if "published" in given else {}),
                "belief": given.pop("belief"),
                "api": given.pop("remote_api"),
                "past": given.pop("past"),
            }
        ],
    }
    if given:
        msg = f"unknown keys in given: {sorted(given)}"
        raise KeyError(msg)
    made = _strictly(raw, "given")
    made = made if not documents else replace(made, surroundings=_read(documents))
    if platform is None:
        return made
    reported = told(merge(base_of("platform"), platform), made)
    return replace(made, surroundings=reported.put_into(made.surroundings))


def _read(documents: dict[str, str]) -> Surroundings:
    """Read documents as diag lint does; one that is of no known kind is a slip of the case."""
    read = [
        read_document(Named(name=name, path=None, data=text.encode()), Reading()) for name, text in documents.items()
    ]
    strange = [f"{one.named.name}: {one.why}" for one in read if one.kind is None]
    if strange:
        raise ValueError("; ".join(strange))
    return assemble(nouns_of(read), Given(together=False)).surroundings


def _strictly(raw: dict[str, Any], where: str) -> ClusterEvidence:
    """Read evidence; a word that it does not have is an error."""
    finished = _EVIDENCE.validate_python(_finish(raw))
    _refuse_strangers(raw, _EVIDENCE.dump_python(finished, mode="json"), where)
    return finished


def _written_out(value: Any) -> Any:
    """Write out what stands for many of the same in a list."""
    if isinstance(value, dict):
        return {key: _written_out(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    done: list[Any] = []
    for item in map(_written_out, value):
        done += [item] * (item.pop("repeat", 1) if isinstance(item, dict) else 1)
    return done


@functools.cache
def catalogue() -> Any:
    """The installed checks, loaded once; a table that says something else than they do is refused."""
    assert TABLE.read_text(encoding="utf-8") == table_of(written()), "checks/table.json: make docs writes it anew"
    return load_catalogue()


def _put_leaf(probe: dict[str, Any], patch: Any) -> None:
    if patch and "certificates" in probe["chain"]:
        first, *rest = probe["chain"]["certificates"]
        probe["chain"]["certificates"] = [merge(first, patch), *rest]


def _follow_tls(probe: dict[str, Any]) -> None:
    """Where TLS came to nothing, nothing was said inside it: a case need not say so."""
    tls = probe["tls"]
    if "unavailable" in tls or tls["result"] != "completed":
        nothing = {"unavailable": "there was no TLS connection to speak on", "step": "tls", "reason": "not_tried"}
        for said in ("transport", "key"):
            if "clear" not in probe[said]:
                probe[said] = nothing


def _another(probe: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    patch = dict(patch)
    leaf = patch.pop("leaf", {})
    copied: dict[str, Any] = merge(copy.deepcopy(probe), patch)
    _put_leaf(copied, leaf)
    _follow_tls(copied)
    return copied


def _published(probe: dict[str, Any], published: Any) -> Any:
    """The addresses that nodes publish, each with what the first probe showed and a patch on that."""
    if isinstance(published, list):
        published = {"all": published}
    hops = [_hop(probe, dict(patch)) for patch in published.get("all", [])]
    return {**published, "all": hops} if hops else published


def _hop(probe: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    told = {key: patch.pop(key) for key in ("address", "nodes", "server_name", "seeds", "by_api") if key in patch}
    name, _, place = told["address"].rpartition("/")
    ip, _, port = place.rpartition(":")
    resolution = patch.pop("resolution", {"addresses": [ip.strip("[]")], "literal": True})
    where = {"ip": ip.strip("[]"), "port": int(port)}
    seen = _another(probe, merge({**where, "connection": {"ip": where["ip"]}}, patch))
    names = [name or where["ip"]]
    endpoint = {"setting": "publish_host", "host": names[0], "port": where["port"], "names": names}
    probes = [] if "unavailable" in resolution else [seen]
    return {"told": told, "evidence": {"endpoint": endpoint, "resolution": resolution, "probes": probes}}


def _version(value: Any) -> Any:
    return {"number": _number(value)} if isinstance(value, str) else value


def _number(text: str) -> dict[str, int]:
    return dict(zip(("major", "minor", "patch"), map(int, text.split(".")), strict=True))


def _keystore(value: Any) -> Any:
    return {"names": value} if isinstance(value, list) else value


_DATED = {"reply", "verdict", "transport_address"}  # What marks a mapping whose ``version`` is three numbers.


def _finish(value: Any) -> Any:
    """Turn ``{unavailable: text}`` into the evidence type, and lists of trials into SniTrials."""
    if isinstance(value, dict):
        if "unavailable" in value:
            return _unavailable(value)
        done = {key: _finish(item) for key, item in value.items()}
        if "number" not in done and isinstance(done.get("version"), str) and _DATED & set(done):
            done["version"] = _number(done["version"])
        if isinstance(done.get("created_in"), str):
            done["created_in"] = _number(done["created_in"])
        if isinstance(done.get("sni_trials"), list):
            done["sni_trials"] = {"trials": done["sni_trials"]}
        return done
    return [_finish(item) for item in value] if isinstance(value, list) else value


_OF_ABSENCE = {field.name for field in fields(Unavailable)} - {"detail"}


def _unavailable(value: dict[str, Any]) -> dict[str, Any]:
    """Give the evidence type for ``{unavailable: text}``; a misspelt step or reason would be another one without a word."""
    text, more = value["unavailable"], {key: item for key, item in value.items() if key != "unavailable"}
    if set(more) - _OF_ABSENCE:
        msg = f"unavailable: {text}: unknown words {sorted(set(more) - _OF_ABSENCE)}; expected some of {sorted(_OF_ABSENCE)}"
        raise KeyError(msg)
    done = {"step": "configuration", "reason": "not_told", **more, "detail": text}
    _ABSENCE.validate_python(done)
    return done


def _refuse_strangers(raw: Any, known: Any, where: str) -> None:
    """A misspelt key in a case would be ignored and the case would test nothing: refuse it."""
    if isinstance(raw, dict) and isinstance(known, dict) and "unavailable" not in raw:
        for key, value in raw.items():
            if key == "sni_trials":
                continue
            if key not in known:
                msg = f"{where}.{key} is no field of the evidence"
                raise KeyError(msg)
            _refuse_strangers(value, known[key], f"{where}.{key}")
    elif isinstance(raw, list) and isinstance(known, list):
        for i, (left, right) in enumerate(zip(raw, known, strict=False)):
            _refuse_strangers(left, right, f"{where}[{i}]")

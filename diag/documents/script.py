"""Shell scripts, and lines that somebody typed: calls of curl, entries of the keystore, settings on the command line of a node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.http_clients import HTTPIE, request_of
from diag.documents.node_options import node_settings
from diag.documents.requests import ApiRequest, nouns_of_request, path_of
from diag.documents.row import KindRow, Reading
from diag.documents.shell import Command, Word, commands
from diag.documents.source import Part, Source
from diag.evidence.documents.keystore_list import KeystoreEntry, KeystoreLists
from diag.evidence.documents.kind import DocumentKind
from diag.lazy_dataclass import dataclass

_HTTPIE: Final = f"(?:{'|'.join(sorted(HTTPIE))})"
_SIGN: Final = re.compile(
    r"\bcurl\b[^\n]*|\bwget\b[^\n]*--(?:body|post)-|(?:^|[|;&$])[ \t]*"
    + _HTTPIE
    + r"[ \t][^\n]*/_|\belasticsearch-keystore(?:\.bat)?['\"]?[ \t]+add\b|-[eE][ \t]*['\"]?(?:cluster\.remote\.|ES_SETTING_)",
    re.MULTILINE,
)
# A line of a script, by which one without a name of its own is told from prose that mentions a command.
_LINE: Final = re.compile(
    r"^[ \t]*(?:[$#>%][ \t]+)?(?:sudo[ \t]+)?(?:\S*/)?(?:curl|wget|"
    + _HTTPIE
    + r"|elasticsearch-keystore|docker|podman|kubectl|elasticsearch|echo|printf)\b",
    re.MULTILINE,
)
_SUFFIXES: Final = (".sh", ".bash", ".zsh", ".ksh")
_DATA: Final = frozenset({"-d", "--data", "--data-ascii", "--data-binary", "--data-raw", "--json"})
_HEADERS: Final = frozenset({"-H", "--header"})
_LOGINS: Final = {"-u": "basic", "--user": "basic", "--oauth2-bearer": "bearer"}
# What curl reads more options or logins from.
_CONFIGURED: Final = frozenset({"-K", "--config", "--netrc-file"})
# Short options that take a value.
_VALUED: Final = frozenset("ubHAeoxcKTFwmECrYyzDQUPdX")
_LONG_FLAGS: Final = frozenset(
    {"--silent", "--insecure", "--fail", "--include", "--location", "--verbose", "--show-error", "--compressed"}
    | {"--head", "--get", "--fail-with-body", "--no-progress-meter", "--ipv4", "--ipv6", "--globoff", "--negotiate"}
    | {"--basic", "--digest", "--anyauth", "--http1.1", "--http2", "--tlsv1.2", "--tlsv1.3", "--raw", "--path-as-is"}
)
_SHELLS: Final = frozenset({"sh", "bash", "ash", "zsh", "ksh", "dash"})
_MAX_DEPTH: Final = 3


def _recognise(candidate: Candidate) -> str:
    text = candidate.text
    found = _SIGN.search(text)
    if found is None:
        return ""
    named = candidate.name.endswith(_SUFFIXES) or text.startswith("#!")
    if not named and (_LINE.search(text) is None or _is_data(candidate)):
        return ""
    if not any(_means_something(one) for one in _all_commands(candidate.source)):
        return ""
    return f"it holds {found[0].split()[0]}"


def _is_data(candidate: Candidate) -> bool:
    """Whether it is a mapping, and not a command with a header in it, which YAML takes for one: ``curl -H 'Content-Type: …'``."""
    branch = candidate.branch
    return branch is not None and not (branch.entries and _LINE.match(branch.entries[0].key))


def _means_something(command: Command) -> bool:
    return bool(_requested(command) or _added(command) or node_settings([one.source for one in command.words]))


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    return nouns_of_script(candidate.source, reading)


def nouns_of_script(source: Source, reading: Reading) -> tuple[object, ...]:
    """What a script says, as evidence."""
    return tuple(_nouns(source, reading))


def _nouns(source: Source, reading: Reading) -> Iterator[object]:
    for command in _all_commands(source):
        request = _requested(command)
        if request is not None:
            yield from nouns_of_request(request, reading)
        entry = _added(command)
        if entry is not None:
            yield KeystoreLists(all=(entry,))
        text = node_settings([one.source for one in command.words], reading.side)
        if text is not None:
            yield text


def _all_commands(source: Source, depth: int = 0) -> Iterator[Command]:
    """Every command, also those that stand as a text behind ``sh -c``."""
    for command in commands(source):
        yield command
        for shell, option, script in zip(command.words, command.words[1:], command.words[2:], strict=False):
            if depth < _MAX_DEPTH and _base(shell) in _SHELLS and re.fullmatch(r"-[a-z]*c", option.text):
                yield from _all_commands(script.source, depth + 1)


def _base(word: Word) -> str:
    return word.text.rpartition("/")[2]


def _added(command: Command) -> KeystoreEntry | None:
    """The entry that ``elasticsearch-keystore add NAME`` adds."""
    names = [_base(one) for one in command.words]
    at = next(
        (i for i, name in enumerate(names) if name in {"elasticsearch-keystore", "elasticsearch-keystore.bat"}), -1
    )
    if at < 0 or names[at + 1 : at + 2] != ["add"]:
        return None
    word = next((one for one in command.words[at + 2 :] if not one.text.startswith("-")), None)
    if word is None or word.source.holes:
        return None
    return KeystoreEntry(name=word.text, origin=word.source.whole)


@dataclass(slots=True)
class _Call:
    """What the options of curl say."""

    method: str = ""
    address: Word | None = None
    data: list[Source] | None = None
    as_query: bool = False
    headers: dict[str, str] | None = field(default_factory=dict)
    others: list[Word] = field(default_factory=list)

    def sends(self, name: str, value: str) -> None:
        """Note a header: the first word of what it says, for the rest may be a secret."""
        if self.headers is not None:
            self.headers[name.strip().lower()] = next(iter(value.split()), "").lower()


def _requested(command: Command) -> ApiRequest | None:
    return _curl(command) or request_of(command)


def _curl(command: Command) -> ApiRequest | None:
    """The request that a call of curl makes; None for any other command, and where there is no URL."""
    at = next((i for i, one in enumerate(command.words) if _base(one) in {"curl", "curl.exe"}), -1)
    if at < 0:
        return None
    call = _call(command.words[at + 1 :])
    if call.address is None:
        return None
    bodies = [one for one in (_body(one, command) for one in call.data or ()) if one is not None]
    files = [one.text[1:] for one in call.data or () if one.text.startswith("@") and not one.holes]
    unknown = any(_is_filled_in(one) for one in call.others)
    return ApiRequest(
        method=call.method or ("GET" if call.data is None or call.as_query else "POST"),
        path=path_of(call.address.text),
        body=bodies[0] if len(bodies) == 1 else None,
        file=files[0] if len(files) == 1 and not bodies else "",
        origin=call.address.source.whole,
        headers=None if unknown or call.headers is None else tuple(call.headers.items()),
    )


def _is_filled_in(word: Word) -> bool:
    """Whether a word is one variable and nothing else."""
    holes = word.source.holes
    return len(holes) == 1 and (holes[0].start, holes[0].end) == (0, len(word.text))


def _call(words: Sequence[Word]) -> _Call:
    call = _Call()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        text = word.text
        if not text.startswith("-") or text == "-":
            others = call.others if call.address is None else [*call.others, word]
            call.address = call.address or word
            if _is_filled_in(call.address) and not _is_filled_in(word):
                call.address, others = word, [*call.others, call.address]  # What comes first is further options.
            call.others = others
        elif text.startswith("--"):
            _long_option(call, word, rest)
        else:
            _short_options(call, word, rest)
    return call


def _long_option(call: _Call, word: Word, rest: list[Word]) -> None:
    name, equals, _ = word.text.partition("=")
    if not equals and (name in _LONG_FLAGS or name.startswith(("--no-", "--netrc"))):
        call.headers = None if name.startswith("--netrc") else call.headers
        call.as_query = call.as_query or name == "--get"
        return
    source = _behind(word.source, len(name) + 1) if equals else (rest.pop(0).source if rest else None)
    if source is not None:
        _option(call, name, source)


def _short_options(call: _Call, word: Word, rest: list[Word]) -> None:
    """Read short options, of which several may stand together, the last with its value: ``-sXPUT``."""
    for index, letter in enumerate(word.text[1:], 1):
        if letter == "n":
            call.headers = None
        if letter == "G":
            call.as_query = True
        if letter not in _VALUED:
            continue
        if index + 1 < len(word.text):
            _option(call, f"-{letter}", _behind(word.source, index + 1))
        elif rest:
            _option(call, f"-{letter}", rest.pop(0).source)
        return


def _option(call: _Call, name: str, value: Source) -> None:
    if name in {"-X", "--request"}:
        call.method = value.text.upper()
    elif name in _DATA:
        call.data = [*(call.data or ()), value]
        if name == "--json":
            call.sends("content-type", "application/json")
    elif name in _HEADERS:
        header, colon, value_text = value.text.partition(":")
        if colon and header.strip() and not header.startswith(("$", "@")):
            call.sends(header, value_text)
        else:
            call.headers = None  # It comes from a file, or from a variable.
    elif name in _LOGINS:
        call.sends("authorization", _LOGINS[name])
    elif name in _CONFIGURED:
        call.headers = None
    elif name == "--url":
        call.address = Word(value)


def _behind(source: Source, length: int) -> Source:
    return source.joined([Part(length, len(source.text))])


def _body(data: Source, command: Command) -> Source | None:
    """What is sent: the text itself, or what is fed to the command; nothing where it stands in a file of its own."""
    if not data.text.startswith("@"):
        return data
    return command.reads if data.text in {"@-", "@/dev/stdin"} else None


ROW: Final = KindRow(kind=DocumentKind.SCRIPT, recognise=_recognise, read=_read)

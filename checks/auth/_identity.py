"""The certificate identity that an API key is bound to: a Java expression on the subject of the certificate that signs."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.fixes import yml
from diag.model import Expression, Remote

_SPECIAL: Final = re.compile(r"[\\^$.|?*+()\[\]{}]")
_EVERYTHING: Final = frozenset({".*", ".+", "(.*)", "(.+)"})
# Signs that mean other things to Java than to Lucene, whose expressions diag.patterns reads: lazy and possessive repetition,
# anchors inside, and what only Lucene knows.
_DIFFERS: Final = re.compile(r"""[@"#~&<>$]|[*+?}][*+?{]|(?<!\[)\^|\\\[\^""")


def signing(remote: Remote) -> tuple[str, str]:
    """The lines that make a node sign its requests to a remote."""
    return (
        yml(remote.setting("signing.certificate"), "<file of the certificate>"),
        yml(remote.setting("signing.key"), "<file of its key>"),
    )


def naming(subject: str) -> str:
    """The expression that only this subject matches."""
    return _SPECIAL.sub(r"\\\g<0>", subject)


def admits_everything(identity: str) -> bool:
    """Tell whether every subject matches it."""
    return bare(identity) in _EVERYTHING


def bare(identity: str) -> str:
    """The expression without anchors at its ends: the whole name has to match anyhow."""
    return identity.removeprefix("^").removesuffix("$")


def expression_of(identity: str) -> Expression | None:
    """Compile the expression where Java and Lucene agree on what it means; else None."""
    plain = bare(identity)
    if plain.endswith("\\") or _DIFFERS.search(plain):
        return None
    try:
        # A dash before the end of a class stands for itself; there it is read only with a backslash.
        return Expression(re.sub(r"(?<!\\)-\]", r"\\-]", plain), strict=True)
    except ValueError:  # No expression to Lucene, or none that both read alike.
        return None

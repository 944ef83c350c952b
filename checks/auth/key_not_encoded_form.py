"""The check auth/key-not-encoded-form."""

from __future__ import annotations

import shlex
from typing import Final

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import CREATE_KEY, Remedy, at, here, on_remote, store_key
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Credential,
    Finding,
    KeyForm,
    LocalCluster,
    Remote,
    Severity,
    Where,
    shorten,
)

_SEEN: Final = {
    KeyForm.EMPTY: "it is empty",
    KeyForm.ID_AND_SECRET: "it is id:secret, not encoded",
    KeyForm.DECORATED: "there is something around the key: white space, quotes, or the word ApiKey",
    KeyForm.TWICE: "it is the encoded key in base64 once more, as the data of a Kubernetes Secret are",
    KeyForm.OTHER_JSON: "it is JSON without a field encoded, so not the answer of the call that makes a key",
    KeyForm.NOT_BASE64: "it is no base64 of text",
    KeyForm.NO_COLON: "it is base64 of something that is no id:secret: the id or the secret alone",
    KeyForm.SECRET_LENGTH: "its secret has not the 22 characters of one that Elasticsearch made, so a part is missing or too much",
}


# What makes the right file of a wrong one; the second name is the same file.
_FIXED_BY: Final = {
    KeyForm.DECORATED: """tr -d '[:space:]"' < {0} | sed "s/^ApiKey//I; s/'//g" > {0}.new && mv {0}.new {0}""",
    KeyForm.ID_AND_SECRET: 'printf %s "$(cat {0})" | base64 -w0 > {0}.new && mv {0}.new {0}',
    KeyForm.TWICE: "base64 -d {0} > {0}.new && mv {0}.new {0}",
}


def _fix(credential: Credential) -> Remedy:
    """How the key that diag is given comes into its encoded form: by a command where it is in a file."""
    fixed = _FIXED_BY.get(credential.form)
    kind, _, path = credential.source.partition(":")
    if fixed and kind == "file" and path:
        return Remedy("Fix the file of the key.", at(Where.HERE, fixed.format(shlex.quote(path))))
    if fixed:
        where = shorten(credential.source)
        return Remedy(
            f"Put the encoded form into {where}: the command makes it of a file that holds the same.",
            at(Where.HERE, fixed.format("<file>")),
        )
    again = on_remote(CREATE_KEY, when="if the answer that created the key is lost")
    return Remedy(
        f"Store the field encoded of the answer that created the key in {shorten(credential.source)}; the whole answer is read as well.",
        (*here("jq", "-r", ".encoded", "<file of the answer>"), *again),
    )


@check(
    "auth/key-not-encoded-form",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.API_CREATE_KEY, docs.API_KEY_TRUST),
    tags=("api-key",),
    source="Elasticsearch ApiKeyService, CrossClusterAccessHeaders; documentation: create a cross-cluster API key (encoded)",
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_not_encoded_form(cluster: LocalCluster, remote: Remote, credential: Credential) -> Yields:
    """The API key is not in its encoded form.

    Why it matters: the remote cluster reads the key as base64 of ``id:secret``, and refuses whatever it can't read so.

    How to fix: store the field ``encoded`` of the answer that created the key, and nothing around it.

    Example: the field ``api_key`` was pasted, which is the secret alone.
    """
    if credential.form is not KeyForm.ENCODED:
        how = _fix(credential)
        store = store_key(cluster, remote.alias, when="if the keystore of the local cluster holds the same")
        yield Finding(
            summary=f"The API key in {shorten(credential.source)} is not in its encoded form: {_SEEN[credential.form]}; expected the field "
            "encoded of the answer that created it.",
            remedy=f"{how.sentence} If the keystore of the local cluster holds the same, replace it there too. {store.sentence}",
            fix=(*how.fix, *store.fix),
            facts={"observed": str(credential.form), "expected": str(KeyForm.ENCODED), "source": credential.source},
        )

"""The check auth/key-not-encoded-form."""

from __future__ import annotations

import shlex
from typing import Final

from checks.auth._form import not_known
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.remedies import store_key
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Credential,
    Finding,
    KeyForm,
    LocalCluster,
    Remote,
    Severity,
    Unavailable,
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


def _fix(credential: Credential) -> str:
    """Say how the key that diag is given is mended: with a command where it lies in a file."""
    fixed = _FIXED_BY.get(credential.form)
    kind, _, path = credential.source.partition(":")
    if fixed and kind == "file" and path:
        return f"Mend the file: {fixed.format(shlex.quote(shorten(path)))}."
    if fixed:
        return f"Put the encoded form into {shorten(credential.source)}: {fixed.format('FILE')} makes it of a FILE that holds the same."
    return (
        f"Store the field encoded of the answer that created the key in {shorten(credential.source)}: jq -r .encoded answer.json (the whole answer "
        "is read as well). A key whose answer is lost has to be made anew: POST /_security/cross_cluster/api_key on the remote cluster."
    )


@check(
    "auth/key-not-encoded-form",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.A_KEY, docs.APIKEY_TRUST),
    tags=("api-key",),
    source="Elasticsearch ApiKeyService, CrossClusterAccessHeaders; documentation: create a cross-cluster API key (encoded)",
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_not_encoded_form(cluster: LocalCluster, remote: Remote, credential: Credential | Unavailable) -> Yields:
    """The API key is not in its encoded form.

    Why it matters: the remote cluster reads the key as base64 of ``id:secret``, and refuses whatever it can't read so.

    How to fix: store the field ``encoded`` of the answer that created the key, and nothing around it.

    Example: the field ``api_key`` was pasted, which is the secret alone.
    """
    if isinstance(credential, Unavailable):
        yield not_known(credential)
    elif credential.form is not KeyForm.ENCODED:
        yield Finding(
            summary=f"The API key in {shorten(credential.source)} is not in its encoded form: {_SEEN[credential.form]}; expected the field "
            "encoded of the answer that created it.",
            remedy=f"{_fix(credential)} If the keystore of the local cluster holds the same: {store_key(cluster, remote.alias)}",
            facts={"observed": str(credential.form), "expected": str(KeyForm.ENCODED), "source": credential.source},
        )

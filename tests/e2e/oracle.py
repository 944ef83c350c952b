"""Servers for a table of forms, and what the JDK and diag say of each."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from OpenSSL import SSL, crypto

from diag.x509.decoding import to_pem
from tests.e2e.chains import HOST, Form
from tests.patience import ENDS_WITHIN, unhurried

HERE: Final = Path(__file__).parent
_PROTOCOLS: Final = {
    "1.0": SSL.TLS1_VERSION,
    "1.1": SSL.TLS1_1_VERSION,
    "1.2": SSL.TLS1_2_VERSION,
    "1.3": SSL.TLS1_3_VERSION,
}


@dataclass(frozen=True)
class Said:
    """Whether a connection is taken, and the words to it."""

    taken: bool
    why: str


@contextlib.contextmanager
def serving(forms: Sequence[Form]) -> Iterator[tuple[list[Form], dict[str, int]]]:
    """Serve each form that OpenSSL can serve on a port of its own until the block ends; give them, and the ports by id."""
    listeners: dict[str, socket.socket] = {}
    try:
        for form in forms:
            context = _context(form)
            if context is None:
                continue
            family = socket.AF_INET6 if ":" in form.name else socket.AF_INET
            listener = socket.create_server((_host(form), 0), family=family)
            listeners[form.id] = listener
            threading.Thread(target=_serve, args=(listener, context), daemon=True).start()
        served = [form for form in forms if form.id in listeners]
        yield served, {name: int(listener.getsockname()[1]) for name, listener in listeners.items()}
    finally:
        for listener in listeners.values():
            listener.close()


def _host(form: Form) -> str:
    return "::1" if ":" in form.name else HOST


def _context(form: Form) -> SSL.Context | None:
    """Make what serves a form; None where OpenSSL cannot read the certificate itself."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    version = _PROTOCOLS.get(form.protocol)
    context.set_min_proto_version(version or SSL.TLS1_VERSION)
    if version:
        context.set_max_proto_version(version)
    if form.ciphers.startswith("TLS_"):
        context.set_tls13_ciphersuites(form.ciphers.encode())
    else:
        context.set_cipher_list(form.ciphers.encode())
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    try:
        first, *rest = (crypto.load_certificate(crypto.FILETYPE_ASN1, der) for der in form.presented)
    except crypto.Error:
        return None
    pem = form.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.use_certificate(first)
    context.use_privatekey(crypto.load_privatekey(crypto.FILETYPE_PEM, pem))
    for certificate in rest:
        context.add_extra_chain_cert(certificate)
    return context


def _serve(listener: socket.socket, context: SSL.Context) -> None:
    with contextlib.suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_answer, args=(plain, context), daemon=True).start()


def _answer(plain: socket.socket, context: SSL.Context) -> None:
    plain.settimeout(None)
    with contextlib.suppress(SSL.Error, OSError), plain:
        tls = SSL.Connection(context, plain)
        tls.set_accept_state()
        tls.do_handshake()
        while tls.recv(1024):
            pass


def write_trusted(forms: Sequence[Form], folder: Path) -> dict[str, Path]:
    """Write the trusted CAs of each form; equal ones share a file."""
    files: dict[tuple[bytes, ...], Path] = {}
    for form in forms:
        if form.trusted not in files:
            files[form.trusted] = folder / f"ca{len(files)}.pem"
            files[form.trusted].write_text("".join(map(to_pem, form.trusted)))
    return {form.id: files[form.trusted] for form in forms}


def java_says(
    java: str, suites: Sequence[str], forms: Sequence[Form], ports: dict[str, int], trusted: dict[str, Path]
) -> dict[str, Said]:
    """Ask one JDK about every form, in one run."""
    asked = "".join(
        f"{i}\t{_host(form)}\t{ports[form.id]}\t{form.name}\t{trusted[form.id]}\n" for i, form in enumerate(forms)
    )
    done = subprocess.run(
        [java, str(HERE / "TlsClient.java"), ",".join(suites)],
        input=asked.encode(),
        capture_output=True,
        check=False,
        timeout=ENDS_WITHIN,
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: dict[str, Said] = {}
    for line in done.stdout.decode().splitlines():
        number, verdict, why = line.split("\t", 2)
        answers[forms[int(number)].id] = Said(verdict == "ok", why)
    return answers


def diag_says(
    forms: Sequence[Form], ports: dict[str, int], trusted: dict[str, Path], folder: Path, version: str
) -> dict[str, Said]:
    """Ask diag about every form, in one run: an error or worse of the groups tls and trust means that no connection is possible."""
    remotes = [_remote(f"r{i}", form, ports[form.id], trusted[form.id]) for i, form in enumerate(forms)]
    # Hundreds of servers live in this process, which others keep from its work.
    config = unhurried(
        {
            "clusters": [{"name": "local", "kind": "self_managed", "version": version, "remotes": remotes}],
            "probe": {"transport": False},
        }
    )
    (folder / "diag.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))
    command = [
        sys.executable,
        "-c",
        "import sys; from diag.cli import main; sys.exit(main())",
        "run",
        "-c",
        str(folder / "diag.yaml"),
        "--format",
        "json",
    ]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=ENDS_WITHIN, env={**os.environ, "NO_COLOR": "1"}
    )
    assert done.stdout, done.stderr.decode()
    found = {remote["alias"]: remote for remote in json.loads(done.stdout)["clusters"][0]["remotes"]}
    return {form.id: _verdict(found[f"r{i}"]) for i, form in enumerate(forms)}


def _remote(alias: str, form: Form, port: int, trusted: Path) -> dict[str, Any]:
    by_address = form.name.replace(":", "").replace(".", "").isdigit()
    address = {} if by_address else {"server_name": form.name}
    return {
        "alias": alias,
        "security_model": "api_key",
        "kind": "self_managed",
        "mode": "proxy",
        "proxy_address": f"[::1]:{port}" if ":" in form.name else f"{HOST}:{port}",
        "ca": [str(trusted)],
        **address,
    }


def _verdict(remote: dict[str, Any]) -> Said:
    worst = []
    for result in remote["results"]:
        if result["check"].startswith(("tls/", "trust/")):
            worst += [
                f"{result['check']}: {finding['summary']}"
                for finding in result["findings"]
                if finding["severity"] in {"error", "critical"}
            ]
            if result["outcome"] == "unknown" and result["check"] in ESSENTIAL:
                worst.append(f"{result['check']} UNKNOWN: {result['because']}")
    return Said(not worst, " || ".join(worst))


ESSENTIAL: Final = {"tls/untrusted-issuer", "tls/hostname-mismatch"}

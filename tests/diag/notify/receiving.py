"""A receiver of notifications at loopback: it keeps what is posted, and answers as it is told."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.body)

    def is_signed_with(self, secret: bytes) -> bool:
        """Whether the signature is that of docs/notifications.md."""
        signed = self.headers["x-diag-timestamp"].encode() + b"." + self.body
        return self.headers["x-diag-signature"] == "sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()


@dataclass
class Receiver:
    """``answers`` are the next status codes; without any it is 200. ``certificate`` is a PEM of chain and key, for TLS."""

    port: int = 0
    certificate: Path | None = None
    answers: list[int] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def taken(self) -> list[Any]:
        """What it took, in order."""
        return [one.json for one in self.posted if one.answered == 200]

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen until the block ends; again at the same port."""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 200
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.posted.append(Posted(self.path, headers, body, status))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler) as server:
            self.port = server.server_port
            if self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                server.socket = context.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()

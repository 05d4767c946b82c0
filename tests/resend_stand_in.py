"""A stand-in for Resend: a real HTTP server that responds as Resend's documentation says.

It knows only `POST /emails`, and can be told to misbehave. See
https://resend.com/docs/api-reference/errors and
https://resend.com/docs/dashboard/emails/idempotency-keys.
"""

from __future__ import annotations

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Literal, Self
from uuid import uuid4

Behaviour = Literal["ok", "500", "429", "hang", "trickle", "drop", "drop-after", "unverified"]
LONGEST_KEY = 256


class Refusal(Exception):
    """Raised when Resend would refuse a request."""

    def __init__(self, status: int, name: str, message: str) -> None:
        """Keep what the response says."""
        super().__init__(message)
        self.status = status
        self.answer = {"statusCode": status, "name": name, "message": message}


class ResendStandIn:
    """A Resend on this machine; `sent` holds the emails it accepted, as they were posted.

    Used as a context manager, it listens on a free port at `url` and accepts
    requests that carry `api_key`.
    """

    def __init__(self, *, api_key: str = "re_Stand_In_0123456789") -> None:
        """Start listening; responses begin inside the `with` block."""
        self.api_key = api_key
        self.sent: list[dict[str, Any]] = []
        self.requests = 0
        self._behaviour: Behaviour = "ok"
        self._taken: dict[str, tuple[dict[str, Any], str]] = {}
        self._taking = Lock()
        self._hanging_ends = Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """The value for RESEND_API_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def behave(self, behaviour: Behaviour) -> None:
        """Respond like this from now on, and release any request that hangs.

        Args:
            behaviour: "ok"; "500", "429" and "unverified" refuse; "hang" never responds, and
                "trickle" does so for ever, a byte at a time;
                "drop" closes the connection before the email is accepted, and
                "drop-after" once it has been.
        """
        self._behaviour = behaviour
        self._hanging_ends.set()
        self._hanging_ends = Event()

    def __enter__(self) -> Self:
        """Start responding."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop responding, and release any request that hangs."""
        self._hanging_ends.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def trickles(self, client: socket) -> bool:
        """Answer a byte at a time until the client has had enough, if that's how to behave."""
        if self._behaviour != "trickle":
            return False
        self.requests += 1
        hanging_ends = self._hanging_ends
        with suppress(OSError):
            client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not hanging_ends.wait(0.05):
                client.sendall(b"x")
        return True

    def answer_to(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        """The status and content of a response, or None to drop the connection."""
        self.requests += 1
        behaviour, hanging_ends = self._behaviour, self._hanging_ends
        if behaviour == "hang":
            hanging_ends.wait()
        if behaviour in {"hang", "drop"}:
            return None
        try:
            self._admit(headers, behaviour)
            mail_id = self._take(_mail_in(headers, body), headers.get("idempotency-key"))
        except Refusal as refusal:
            return refusal.status, refusal.answer
        return None if behaviour == "drop-after" else (200, {"id": mail_id})

    def _admit(self, headers: dict[str, str], behaviour: Behaviour) -> None:
        if behaviour == "500":
            raise Refusal(500, "application_error", "An unexpected error occurred.")
        if behaviour == "429":
            raise Refusal(429, "rate_limit_exceeded", "Too many requests.")
        if behaviour == "unverified":
            raise Refusal(403, "validation_error", "The anonmsg.example domain is not verified.")
        if "user-agent" not in headers:
            raise Refusal(403, "validation_error", "error code: 1010")
        if "authorization" not in headers:
            raise Refusal(401, "missing_api_key", "Missing API key in the authorization header.")
        if headers["authorization"] != f"Bearer {self.api_key}":
            raise Refusal(403, "invalid_api_key", "API key is invalid.")

    def _take(self, mail: dict[str, Any], key: str | None) -> str:
        if key is not None and not 1 <= len(key) <= LONGEST_KEY:
            raise Refusal(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
        with self._taking:
            if key is not None and key in self._taken:
                before, mail_id = self._taken[key]
                if before != mail:
                    raise Refusal(
                        409,
                        "invalid_idempotent_request",
                        "Same idempotency key used with a different request payload.",
                    )
                return mail_id
            mail_id = str(uuid4())
            if key is not None:
                self._taken[key] = (mail, mail_id)
            self.sent.append(mail)
            return mail_id


def _mail_in(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(422, "validation_error", "The content type must be application/json.")
    try:
        mail = json.loads(body)
    except ValueError:
        raise Refusal(400, "validation_error", "The body is not JSON.") from None
    if not isinstance(mail, dict):
        raise Refusal(400, "validation_error", "The body is not an object.")
    for field in ("from", "to", "subject"):
        if not mail.get(field):
            raise Refusal(422, "missing_required_field", f"Missing `{field}` field.")
    # Resend requires only one of them; our emails always have both.
    for field in ("html", "text"):
        if not isinstance(mail.get(field), str) or not mail[field]:
            raise Refusal(422, "missing_required_field", f"Missing `{field}` field.")
    return mail


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: clients that give up are what the tests are about."""


def _handler_for(stand_in: ResendStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Respond as the stand-in says, or close the connection."""
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            if self.path != "/emails":
                refusal = Refusal(404, "not_found", "The requested endpoint does not exist.")
                self._answer(refusal.status, refusal.answer)
                return
            if stand_in.trickles(self.connection):
                self.close_connection = True
                return
            answer = stand_in.answer_to(headers, body)
            if answer is not None:
                self._answer(*answer)

        def do_GET(self) -> None:
            """Refuse, as for every other method."""
            refusal = Refusal(405, "method_not_allowed", "Method is not allowed.")
            self._answer(refusal.status, refusal.answer)

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            if status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *args: Any) -> None:
            """Print nothing."""

    return Handler

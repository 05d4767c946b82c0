"""An SMTP server on this machine: aiosmtpd with TLS, authentication and every bad habit."""

# aiosmtpd finds a handler's methods by the command's name.
# ruff: noqa: N802

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import warnings
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from threading import Thread
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "mailer@anonmsg.example"
PASSWORD = 'p@ss:w/rd#?%&+ "<>'


@dataclass(frozen=True)
class Certificate:
    """A self-signed server certificate, and the file that trusts it."""

    file: Path

    def for_a_server(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.file)
        return made

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def certificate(
    folder: Path, *, name: str = "", address: str = "127.0.0.1", days: int = 2
) -> Certificate:
    """Make a certificate for 127.0.0.1, for another name, or one that has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    sans: list[x509.GeneralName] = (
        [x509.DNSName(name)] if name else [x509.IPAddress(ipaddress.ip_address(address))]
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(sans), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name or address}{days}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return Certificate(file)


@dataclass
class Taken:
    """An email as received: its envelope, its raw bytes, and the parsed message."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        made = BytesParser(policy=policy.default).parsebytes(self.raw)
        assert isinstance(made, EmailMessage)
        return made


@dataclass
class SmtpStandIn:
    """Accepts email at `port` inside a `with` block; `taken` holds what arrived.

    `answers` says, by command, what to reply instead of yes; "hang" never replies,
    "trickle" replies for ever, a byte at a time,
    "drop" closes the connection, and "drop-after" does so once an email is accepted.
    """

    starttls: Certificate | None = None
    tls: Certificate | None = None
    wants_sign_in: bool = False
    smtputf8: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    greeted_by: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        # Every connection's own, and what STARTTLS has put in its place.
        self._transports: list[asyncio.Transport] = []
        server = self._loop.run_until_complete(
            self._loop.create_server(
                self._protocol, "127.0.0.1", 0, ssl=self.tls.for_a_server() if self.tls else None
            )
        )
        self.port = server.sockets[0].getsockname()[1]
        self._server = server
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for transport in self._transports:
            transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Only asyncio knows of a connection whose handshake has just failed.
        while self._server._active_count:  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)

    def _protocol(self) -> SMTP:
        with warnings.catch_warnings():
            # aiosmtpd warns about authentication without TLS, which is what one test does.
            warnings.simplefilter("ignore")
            return _Protocol(
                self,
                hostname="stand-in.example",
                enable_SMTPUTF8=self.smtputf8,
                tls_context=self.starttls.for_a_server() if self.starttls else None,
                require_starttls=self.starttls is not None,
                authenticator=self._authenticate,
                auth_required=self.wants_sign_in,
                auth_require_tls=False,
                auth_exclude_mechanism=None if self.wants_sign_in else ["PLAIN", "LOGIN"],
                loop=self._loop,
            )

    def _authenticate(self, _server: Any, _s: Any, _e: Any, _how: str, given: Any) -> AuthResult:
        fits = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=False)

    async def handle_EHLO(
        self, server: Any, session: Any, _e: Any, name: str, lines: list[str]
    ) -> list[str]:
        self.greeted_by.append(name)
        session.host_name = name
        return lines

    async def handle_MAIL(
        self, server: Any, _s: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        envelope.mail_from = address
        envelope.mail_options += options
        return await self._say(server, "MAIL")

    async def handle_RCPT(
        self, server: Any, _s: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._say(server, "RCPT")

    async def handle_DATA(self, server: Any, _s: Any, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "")
        if answer in {"", "drop-after"}:
            content = envelope.original_content or b""
            self.taken.append(Taken(envelope.mail_from or "", envelope.rcpt_tos, content))
        return await self._say(server, "DATA")

    async def handle_QUIT(self, server: Any, _s: Any, _e: Any) -> str:
        return await self._say(server, "QUIT") if "QUIT" in self.answers else "221 Bye"

    async def _say(self, server: Any, command: str) -> str:
        answer = self.answers.get(command, "")
        if answer == "hang":
            await asyncio.Event().wait()
        if answer == "trickle":
            await _trickle(server)
        if answer.startswith("drop"):
            server.transport.abort()
        return answer if answer[:1].isdigit() else "250 Yes"


async def _trickle(server: Any) -> None:
    while not server.transport.is_closing():
        server.transport.write(b"2")
        await asyncio.sleep(0.05)


class _Protocol(SMTP):
    """One connection, which can hang or refuse before anything is said."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler._transports.append(transport)
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        before = self.event_handler.answers.get("before DATA")
        if before:
            await self.push(before)
            return
        await super().smtp_DATA(arg)

    async def _handle_client(self) -> None:
        greeting = self.event_handler.answers.get("connecting")
        if greeting == "hang":
            await asyncio.Event().wait()
        if greeting == "trickle":
            await _trickle(self)
        if greeting:
            await self.push(greeting)
            self.transport.close()
            return
        await super()._handle_client()

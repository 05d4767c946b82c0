"""A mail server, by the standard library: one mail per connection, encrypted and trusted.

SMTP knows no idempotency keys: when the connection is lost after the last dot,
nobody can tell whether the mail was taken, so it is sent again. Both copies
carry the same Message-ID, by which mail programs tell that they are one.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage

from anonmsg.config.smtp import SmtpUrl
from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.envelope import address_of, as_message, domain_of, utc_now
from anonmsg.mail.letters import Letter
from anonmsg.mail.smtp_reasons import why

TIMEOUT_SECONDS = 10.0
# Servers look a mail through before they take it. Who hangs up too early here
# sends it twice; RFC 5321 grants minutes, the outbox's lease less.
PATIENCE = 3
# All in all; the outbox lets somebody else try after a minute.
TALK = 5
GOODBYE_SECONDS = 2.0
# What needs quotes in an envelope could end it; no mail service gives it out.
PLAIN_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]+@[A-Za-z0-9.-]+")


@dataclass
class Talk:
    """How far a talk with a server has come, and when it has to be over."""

    ends_at: float
    stage: str = "connecting"

    def reach(self, stage: str, client: smtplib.SMTP, seconds: float) -> None:
        """Go on to a stage, whose answers are waited for so many seconds each.

        Raises:
            TimeoutError: the talk has been too slow.
        """
        self.stage = stage
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if client.sock is not None:
            client.sock.settimeout(min(seconds, left))


class SmtpServer:
    """Sends by a mail server that was set up for this site."""

    def __init__(
        self,
        url: SmtpUrl,
        sender: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep where the server is and whom mails come from.

        Args:
            url: The server.
            sender: An address, with or without a name, that it lets us send from.
            timeout: Seconds to wait for the connection, and for each answer.
            trust: Which certificates are believed; the system's where none is given.
            clock: When a mail is dated.
        """
        self._url = url
        self._sender = sender
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()
        self._clock = clock

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send a mail.

        Raises:
            MailRefused: the server did not take it, or its answer was lost.
        """
        refusal = self._send(letter, idempotency_key)
        # Raised out here, so that no traceback leads to the library's error,
        # whose text holds what the server said, addresses included.
        if refusal:
            raise refusal

    def _send(self, letter: Letter, key: str) -> MailRefused | None:
        talk = Talk(time.monotonic() + TALK * self._timeout)
        try:
            message = self._written(letter, key)
            with self._connected() as client:
                self._introduce(client, talk)
                self._hand_over(client, talk, letter.to, message)
        except MailRefused as refusal:
            return refusal
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return why(error, talk.stage)
        return None

    def _written(self, letter: Letter, key: str) -> EmailMessage:
        now = self._clock()
        with contextlib.suppress(MessageError, ValueError):
            if PLAIN_ADDRESS.fullmatch(letter.to):
                # No dot, long line or other script can break what is 7-bit.
                return as_message(
                    letter, sender=self._sender, key=key, now=now, coding="quoted-printable"
                )
        raise MailRefused("SMTP: this cannot be written as a mail", Trouble.CONTENT)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        url = self._url
        # The name we give is the sender's domain: a machine's own is nobody's business.
        name, wait = domain_of(self._sender), self._timeout
        if url.encryption == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                url.host, url.port, name, timeout=wait, context=self._trust
            )
        else:
            client = smtplib.SMTP(url.host, url.port, name, timeout=wait)
        try:
            yield client
        finally:
            _say_goodbye(client)

    def _introduce(self, client: smtplib.SMTP, talk: Talk) -> None:
        talk.reach("EHLO", client, self._timeout)
        client.ehlo_or_helo_if_needed()
        if self._url.encryption == "starttls":
            talk.reach("STARTTLS", client, self._timeout)
            client.starttls(context=self._trust)
            # What was offered before could have been anybody's.
            client.ehlo_or_helo_if_needed()
        if self._url.user:
            talk.reach("AUTH", client, self._timeout)
            client.login(self._url.user, self._url.password)

    def _hand_over(self, client: smtplib.SMTP, talk: Talk, to: str, message: EmailMessage) -> None:
        options: list[str] = []
        if not to.isascii():
            if not client.has_extn("smtputf8"):
                raise MailRefused(
                    "SMTP: the server takes no address in this script (SMTPUTF8)",
                    Trouble.RECIPIENT,
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        talk.reach("MAIL", client, self._timeout)
        _expect_yes(client.mail(address_of(self._sender), options))
        talk.reach("RCPT", client, self._timeout)
        _expect_yes(client.rcpt(to))
        talk.reach("DATA", client, self._timeout * PATIENCE)
        _expect_yes(client.data(message.as_bytes()))


def _expect_yes(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if code // 100 != 2:
        raise smtplib.SMTPResponseException(code, said)


def _say_goodbye(client: smtplib.SMTP) -> None:
    """End politely; the mail is taken or refused by now, whatever happens here."""
    with contextlib.suppress(smtplib.SMTPException, OSError, ValueError):
        if client.sock is not None:
            client.sock.settimeout(GOODBYE_SECONDS)
            client.quit()
    client.close()

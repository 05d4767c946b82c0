"""Sends email with the standard library: one per connection, over verified TLS.

SMTP has no idempotency keys. If the connection is lost after the final dot, we
can't tell whether the email was accepted, so we send it again. Both copies have
the same Message-ID, which lets email clients recognise the duplicate.
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
from anonmsg.mail.conversations import Conversation, OutOfTime
from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.envelope import address_of, as_message, domain_of, utc_now
from anonmsg.mail.letters import Letter
from anonmsg.mail.smtp_reasons import why
from anonmsg.mail.watched_smtp import Watch, WatchedSmtp, WatchedSmtpOverTls

TIMEOUT_SECONDS = 10.0
# Servers scan an email before they accept it, and giving up too early sends it
# twice. RFC 5321 suggests minutes, but the outbox's lease is shorter. The final
# reply gets this many timeouts.
PATIENCE = 3
# The whole conversation, in timeouts. After a minute, the outbox lets another worker try.
TALK = 5
GOODBYE_SECONDS = 2.0
# An address that needs quoting could break out of the envelope, and no email
# service issues such addresses.
PLAIN_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]+@[A-Za-z0-9.-]+")


@dataclass
class Talk:
    """The stage of a conversation with a server, and its deadline."""

    ends_at: float
    stage: str = "connecting"
    is_accepted: bool = False

    def reach(self, stage: str, client: smtplib.SMTP, seconds: float) -> None:
        """Enter a stage, and wait at most `seconds` for each of its replies.

        Raises:
            TimeoutError: the conversation has passed its deadline.
        """
        left = self.ends_at - time.monotonic()
        if left <= 0:
            # What the stage before ended with may be half a reply that was cut off.
            raise TimeoutError
        self.stage = stage
        if client.sock is not None:
            client.sock.settimeout(min(seconds, left))


class SmtpServer:
    """Sends email through the site's mail server."""

    def __init__(
        self,
        url: SmtpUrl,
        sender: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep the server and the sender.

        Args:
            url: The server.
            sender: An address, with or without a name, that it lets us send from.
            timeout: Seconds to wait for the connection and for each reply.
            trust: Which certificates to trust; the system's by default.
            clock: The time of sending, which is the email's date.
        """
        self._url = url
        self._sender = sender
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()
        self._clock = clock

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send an email.

        Raises:
            MailRefused: the server didn't accept it, or its reply was lost.
        """
        refusal = self._talk(letter, idempotency_key)
        # Raise it here, outside the except block, so that no traceback includes
        # the library's error, whose text quotes the server and any addresses.
        if refusal:
            raise refusal

    def _talk(self, letter: Letter, key: str) -> MailRefused | None:
        """Send an email, or give up when the whole conversation takes too long."""
        seconds = TALK * self._timeout
        talk = Talk(time.monotonic() + seconds)
        conversation = Conversation[MailRefused | None](
            lambda held: self._send(letter, key, talk, held)
        )
        try:
            return conversation.within(seconds)
        except OutOfTime:
            # A server that dawdles over the goodbye has the email.
            return None if talk.is_accepted else why(TimeoutError(), talk.stage)

    def _send(
        self, letter: Letter, key: str, talk: Talk, held: Conversation[MailRefused | None]
    ) -> MailRefused | None:
        try:
            message = self._written(letter, key)
            with self._connected(held.watch) as client:
                self._introduce(client, talk)
                self._hand_over(client, talk, letter.to, message)
                talk.is_accepted = not held.is_cut
        except MailRefused as refusal:
            return refusal
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return why(error, talk.stage)
        return None

    def _written(self, letter: Letter, key: str) -> EmailMessage:
        now = self._clock()
        with contextlib.suppress(MessageError, ValueError):
            if PLAIN_ADDRESS.fullmatch(letter.to):
                # Leading dots, long lines and other scripts can't break 7-bit text.
                return as_message(
                    letter, sender=self._sender, key=key, now=now, coding="quoted-printable"
                )
        raise MailRefused("SMTP: this cannot be written as an email", Trouble.CONTENT)

    @contextlib.contextmanager
    def _connected(self, watch: Watch) -> Iterator[smtplib.SMTP]:
        url = self._url
        # Introduce ourselves with the sender's domain: the machine's name stays private.
        name, wait = domain_of(self._sender), self._timeout
        if url.encryption == "tls":
            client: smtplib.SMTP = WatchedSmtpOverTls(
                url, name, watch, timeout=wait, trust=self._trust
            )
        else:
            client = WatchedSmtp(url, name, watch, timeout=wait)
        try:
            yield client
        finally:
            _quit(client)

    def _introduce(self, client: smtplib.SMTP, talk: Talk) -> None:
        talk.reach("EHLO", client, self._timeout)
        client.ehlo_or_helo_if_needed()
        if self._url.encryption == "starttls":
            talk.reach("STARTTLS", client, self._timeout)
            client.starttls(context=self._trust)
            # Ask again: anyone could have tampered with what was offered before TLS.
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
                    is_final=True,
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        talk.reach("MAIL", client, self._timeout)
        _expect_accepted(client.mail(address_of(self._sender), options))
        talk.reach("RCPT", client, self._timeout)
        _expect_accepted(client.rcpt(to))
        talk.reach("DATA", client, self._timeout * PATIENCE)
        _expect_accepted(client.data(message.as_bytes()))


def _expect_accepted(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if code // 100 != 2:
        raise smtplib.SMTPResponseException(code, said)


def _quit(client: smtplib.SMTP) -> None:
    """Quit politely and ignore errors: the email has already been accepted or refused."""
    with contextlib.suppress(smtplib.SMTPException, OSError, ValueError):
        if client.sock is not None:
            client.sock.settimeout(GOODBYE_SECONDS)
            client.quit()
    client.close()

"""Turns a letter into an Internet message (RFC 5322)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime, parseaddr
from typing import Literal

from anonmsg.mail.letters import Letter

KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header on one line: a link would be cut up into encoded words, which nobody reads."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is."""
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", WholeHeader)


def utc_now() -> datetime:
    """Return the current time; an email is dated when it's sent."""
    return datetime.now(UTC)


def address_of(sender: str) -> str:
    """Return a sender's address without the name."""
    return parseaddr(sender)[1]


def domain_of(sender: str) -> str:
    """Return the sender's domain, used so that the machine's name never leaks."""
    return address_of(sender).rpartition("@")[2] or "localhost"


def checked(key: str) -> str:
    """Return an idempotency key if it's safe in a header and a file name.

    Raises:
        ValueError: it isn't.
    """
    if not KEY.fullmatch(key):
        raise ValueError("a key consists of letters, digits, - and _")
    return key


def as_message(
    letter: Letter,
    *,
    sender: str,
    key: str,
    now: datetime,
    coding: Literal["8bit", "quoted-printable"],
) -> EmailMessage:
    """Build the message for a letter, including its headers.

    Args:
        letter: The letter.
        sender: An address, with or without a name.
        key: Makes the Message-ID the same in every attempt.
        now: The date.
        coding: The transfer encoding of the bodies.

    Raises:
        ValueError: the recipient isn't an address.
        MessageError: a header can't be written.
    """
    local, _at, domain = letter.to.rpartition("@")
    if not local or not domain:
        raise ValueError("an address has a local part and a domain")
    policy = SMTP if letter.to.isascii() else SMTPUTF8
    message = EmailMessage(policy.clone(header_factory=HEADERS))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{checked(key)}@{domain_of(sender)}>"
    message["From"] = sender
    # Passing the two parts separately keeps it a single address, even with commas in it.
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = letter.subject
    # RFC 3834: this keeps out-of-office replies from answering us.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text, cte=coding)
    message.add_alternative(letter.html, subtype="html", cte=coding)
    return message

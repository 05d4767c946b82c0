"""How a letter becomes an Internet message."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Literal

from anonmsg.mail.letters import Letter

KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")


def utc_now() -> datetime:
    """The time of handing over, which is when a mail is dated."""
    return datetime.now(UTC)


def address_of(sender: str) -> str:
    """The address alone, without a name."""
    return parseaddr(sender)[1]


def domain_of(sender: str) -> str:
    """The sender's domain: no machine's name is ever told."""
    return address_of(sender).rpartition("@")[2] or "localhost"


def checked(key: str) -> str:
    """An idempotency key that may stand in a header and in a file's name.

    Raises:
        ValueError: it may not.
    """
    if not KEY.fullmatch(key):
        raise ValueError("a key is made of letters, digits, - and _")
    return key


def as_message(
    letter: Letter,
    *,
    sender: str,
    key: str,
    now: datetime,
    coding: Literal["8bit", "quoted-printable"],
) -> EmailMessage:
    """Write a letter with its headers.

    Args:
        letter: What it says, and to whom.
        sender: An address, with or without a name.
        key: Makes the Message-ID the same at each try.
        now: The date.
        coding: How the bodies are written.

    Raises:
        ValueError: the recipient is not an address.
        MessageError: a header cannot be written.
    """
    local, _at, domain = letter.to.rpartition("@")
    if not local or not domain:
        raise ValueError("an address has two halves")
    message = EmailMessage(SMTP if letter.to.isascii() else SMTPUTF8)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{checked(key)}@{domain_of(sender)}>"
    message["From"] = sender
    # Made of its two halves, an address stays one whatever commas are in it.
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = letter.subject
    # RFC 3834: nobody's holiday notice answers a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte=coding)
    message.add_alternative(letter.html, subtype="html", cte=coding)
    return message

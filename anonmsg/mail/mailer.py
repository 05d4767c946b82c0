"""Chooses how to send email: a mail server, Resend, or a folder if nothing is set up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from anonmsg.config import Settings
from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.letters import Letter
from anonmsg.mail.outbox_folder import OutboxFolder
from anonmsg.mail.resend_service import ResendService
from anonmsg.mail.smtp_server import SmtpServer

__all__ = [
    "MailRefused",
    "Mailer",
    "OutboxFolder",
    "ResendService",
    "SmtpServer",
    "Trouble",
    "forget",
    "mailer_from",
    "purge",
    "take_back",
]


class Mailer(Protocol):
    """Anything that can send an email."""

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send an email, only once per key if the service supports that.

        Raises:
            MailRefused: the email wasn't accepted.
        """


def mailer_from(settings: Settings) -> Mailer:
    """Return the mailer that the settings ask for."""
    if settings.transport == "resend" and settings.resend_api_key is not None:
        return ResendService(
            settings.resend_api_key.get_secret_value(),
            settings.resend_api_url,
            settings.mail_from,
        )
    if settings.transport == "smtp" and settings.smtp is not None:
        return SmtpServer(settings.smtp, settings.mail_from)
    return _folder(settings)


def forget(settings: Settings, addresses: Collection[str]) -> None:
    """Delete someone's emails from the outbox folder.

    This also applies if another transport is in use now, because emails written
    before the switch may still be there.

    Args:
        settings: Where the folder is.
        addresses: Their addresses, in any case.

    Raises:
        OSError: the folder can't be read or written to.
    """
    _folder(settings).forget(addresses)


def purge(settings: Settings, *, before: datetime) -> None:
    """Delete emails in the outbox folder that are older than a time (aware UTC).

    Raises:
        OSError: the folder can't be read or written to.
    """
    _folder(settings).purge(before=before)


def take_back(settings: Settings, *, idempotency_key: str) -> None:
    """Delete an email from the outbox folder; one sent any other way can't be recalled.

    Raises:
        OSError: the folder can't be written to.
    """
    _folder(settings).take_back(idempotency_key=idempotency_key)


def _folder(settings: Settings) -> OutboxFolder:
    return OutboxFolder(settings.data_dir / "outbox", settings.mail_from)

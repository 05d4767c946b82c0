"""Where mail goes: to a mail server, to Resend, or into a folder where nothing is set up."""

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
    """Whatever takes mail and sees that it arrives."""

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Hand a mail over; the same key hands it over once, where that can be.

        Raises:
            MailRefused: nobody took it.
        """


def mailer_from(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
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
    """Delete the mails to somebody that lie in the outbox folder.

    Also where mail goes elsewhere by now: they were written before that.

    Args:
        settings: Where the folder is.
        addresses: Theirs, in any case.

    Raises:
        OSError: the folder cannot be read or written to.
    """
    _folder(settings).forget(addresses)


def purge(settings: Settings, *, before: datetime) -> None:
    """Delete the mails in the outbox folder that are older than a time (aware UTC).

    Raises:
        OSError: the folder cannot be read or written to.
    """
    _folder(settings).purge(before=before)


def take_back(settings: Settings, *, idempotency_key: str) -> None:
    """Delete a mail from the outbox folder, where it went there; elsewhere it is gone.

    Raises:
        OSError: the folder cannot be written to.
    """
    _folder(settings).take_back(idempotency_key=idempotency_key)


def _folder(settings: Settings) -> OutboxFolder:
    return OutboxFolder(settings.data_dir / "outbox", settings.mail_from)

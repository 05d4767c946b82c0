"""Where mail goes: to Resend, or into a folder where nothing is set up."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from threading import Lock
from typing import Protocol

import resend
from resend.exceptions import NoContentError, ResendError

from anonmsg.config import Settings
from anonmsg.letters import Letter

RESEND_TIMEOUT_SECONDS = 10

# What Resend's documentation calls its refusals. A name that is not listed is
# not repeated: it comes from outside, and could hold anything.
RESEND_REFUSALS = frozenset(
    {
        "application_error",
        "concurrent_idempotent_requests",
        "daily_quota_exceeded",
        "internal_server_error",
        "invalid_access",
        "invalid_api_key",
        "invalid_from_address",
        "invalid_idempotency_key",
        "invalid_idempotent_request",
        "invalid_parameter",
        "method_not_allowed",
        "missing_api_key",
        "missing_required_field",
        "monthly_quota_exceeded",
        "not_found",
        "rate_limit_exceeded",
        "restricted_api_key",
        "security_error",
        "validation_error",
    }
)

log = logging.getLogger(__name__)


class MailRefused(Exception):
    """Raised when a mail could not be handed over; it is tried again later.

    The reason may be logged: it never holds an address, a code or a key.
    """


class Mailer(Protocol):
    """Whatever takes mail and sees that it arrives."""

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Hand a mail over; the same key hands it over once.

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
    return OutboxFolder(settings.data_dir / "outbox", settings.mail_from)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OutboxFolder:
    """Writes each mail as one `.eml` file, for people to open and for tests to read."""

    def __init__(
        self, directory: Path, sender: str, *, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        """Keep where mails go and whom they come from.

        Args:
            directory: Made when the first mail comes, for its owner alone.
            sender: An address, with or without a name.
            clock: The time of handing over, which is when the mail is dated.
        """
        self._directory = directory
        self._sender = sender
        self._clock = clock
        self._writing = Lock()

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Write a mail whole or not at all.

        Raises:
            MailRefused: the folder cannot be written to, or the address is none.
        """
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", idempotency_key):
            raise ValueError("a key is part of a file's name: letters, digits, - and _")
        try:
            with self._writing:
                file = self._file_for(idempotency_key) or self._write(letter, idempotency_key)
        except OSError as error:
            raise MailRefused(f"the outbox folder: {error.strerror}") from None
        except (MessageError, ValueError):
            raise MailRefused("the outbox folder: this cannot be written as a mail") from None
        log.info("Mail written to %s", file)

    def _file_for(self, key: str) -> Path | None:
        # As many characters as a time has, because one key may end like another.
        return next(self._directory.glob(f"{'?' * len('20260131T235959999Z')}-{key}.eml"), None)

    def _write(self, letter: Letter, key: str) -> Path:
        now = self._clock()
        content = _as_message(letter, self._sender, key, now).as_bytes()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        stamp = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z"
        file = self._directory / f"{stamp}-{key}.eml"
        _write_whole(file, content)
        return file


class ResendService:
    """Hands mail to Resend by its official library, which sends one key once."""

    def __init__(
        self, api_key: str, api_url: str, sender: str, timeout: int = RESEND_TIMEOUT_SECONDS
    ) -> None:
        """Set the library up.

        Its key, address and client are globals of its module, so a process
        has one Resend at a time: the one that was made last.

        Args:
            api_key: Resend's key for this site.
            api_url: Where Resend is; another place in tests.
            sender: An address that Resend lets this site send from.
            timeout: Seconds to wait for the connection, and again for an answer.
        """
        self._sender = sender
        resend.api_key = api_key
        resend.api_url = api_url
        resend.default_http_client = resend.RequestsClient(timeout=timeout)

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send a mail.

        Raises:
            MailRefused: Resend did not take it, or its answer was lost.
        """
        reason = self._send(letter, idempotency_key)
        # Raised out here, so that no traceback leads to the library's error,
        # whose text may hold addresses.
        if reason:
            raise MailRefused(f"Resend {reason}")

    def _send(self, letter: Letter, key: str) -> str:
        """Try, and say in a few words why it failed; nothing if it did not."""
        mail: resend.Emails.SendParams = {
            "from": self._sender,
            "to": [letter.to],
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
        }
        try:
            answer: object = resend.Emails.send(mail, {"idempotency_key": key})
        except ResendError as error:
            return _why(error)
        # What the library lets through when the answer is not what it expects.
        except (NoContentError, TypeError, ValueError, RecursionError):
            return "gave an answer that cannot be read"
        taken = isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]
        return "" if taken else "gave an answer without an id"


def _why(error: ResendError) -> str:
    if error.error_type == "HttpClientError":
        return "could not be reached, or did not answer in time"
    status = error.code if isinstance(error.code, int) else 0
    if isinstance(error.error_type, str) and error.error_type in RESEND_REFUSALS:
        return f"answered {status} ({error.error_type})"
    return f"answered {status}"


def _as_message(letter: Letter, sender: str, key: str, now: datetime) -> EmailMessage:
    local, _at, domain = letter.to.rpartition("@")
    if not local or not domain:
        raise ValueError("an address has two halves")
    # Made of its two halves, an address stays one whatever commas are in it.
    to = Address(username=local, domain=domain)
    # No machine's name: the sender's domain vouches for the id, and the key
    # makes it the same at each try.
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage(SMTP if letter.to.isascii() else SMTPUTF8)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{host}>"
    message["From"] = sender
    message["To"] = to
    message["Subject"] = letter.subject
    # Unencoded, because people open these files in an editor, and a link in
    # quoted-printable has breaks in it.
    message.set_content(letter.text, cte="8bit")
    message.add_alternative(letter.html, subtype="html", cte="8bit")
    return message


def _write_whole(file: Path, content: bytes) -> None:
    """Write beside and rename, so that nobody ever sees half a mail."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".new")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

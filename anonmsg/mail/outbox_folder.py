"""The outbox folder, which holds emails as files if no transport is set up."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Collection
from datetime import datetime
from email import message_from_string
from email.errors import MessageError
from email.policy import SMTPUTF8
from pathlib import Path
from threading import Lock

from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.envelope import as_message, checked, utc_now
from anonmsg.mail.letters import Letter

log = logging.getLogger(__name__)


class OutboxFolder:
    """Writes each email to an `.eml` file that people can open and tests can read."""

    def __init__(
        self, directory: Path, sender: str, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Keep the folder and the sender.

        Args:
            directory: The folder, created with the first email and readable only
                by its owner.
            sender: An address, with or without a name.
            clock: The time of sending, which is the email's date.
        """
        self._directory = directory
        self._sender = sender
        self._clock = clock
        self._writing = Lock()

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Write an email atomically.

        Raises:
            MailRefused: the folder can't be written to, or the address is invalid.
        """
        key = checked(idempotency_key)
        try:
            with self._writing:
                file = self._file_for(key) or self._write(letter, key)
        except OSError as error:
            reason = f"the outbox folder: {error.strerror}"
            raise MailRefused(reason, Trouble.FOLDER) from None
        except (MessageError, ValueError):
            reason = "the outbox folder: this cannot be written as an email"
            raise MailRefused(reason, Trouble.CONTENT) from None
        log.info("Email written to %s", file)

    def forget(self, addresses: Collection[str]) -> None:
        """Delete every email to any of these addresses, ignoring case.

        Raises:
            OSError: the folder can't be read or written to.
        """
        theirs = {address.casefold() for address in addresses}
        for file in self._directory.glob("*"):
            to = _recipient(file) if file.is_file() else None
            if to is not None and to.casefold() in theirs:
                file.unlink(missing_ok=True)

    def purge(self, *, before: datetime) -> None:
        """Delete emails whose file names are dated before a time (aware UTC).

        Raises:
            OSError: the folder can't be read or written to.
        """
        for file in self._directory.glob("*Z-*.eml"):
            if file.name < f"{before:%Y%m%dT%H%M%S}":
                file.unlink(missing_ok=True)

    def take_back(self, *, idempotency_key: str) -> None:
        """Delete the email with this key, if there is one.

        Raises:
            OSError: the folder can't be written to.
        """
        file = self._file_for(checked(idempotency_key))
        if file is not None:
            file.unlink(missing_ok=True)

    def _file_for(self, key: str) -> Path | None:
        # Match the timestamp's exact length, because one key may be the end of another.
        return next(self._directory.glob(f"{'?' * len('20260131T235959999Z')}-{key}.eml"), None)

    def _write(self, letter: Letter, key: str) -> Path:
        now = self._clock()
        # Unencoded, because people open these files in an editor, and
        # quoted-printable would break links across lines.
        message = as_message(letter, sender=self._sender, key=key, now=now, coding="8bit")
        content = message.as_bytes()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        stamp = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z"
        file = self._directory / f"{stamp}-{key}.eml"
        _write_whole(file, content)
        return file


def _recipient(file: Path) -> str | None:
    """Return an email's recipient, or None if it isn't ours or has just been deleted."""
    try:
        head = file.read_bytes().partition(b"\r\n\r\n")[0].decode(errors="replace")
    except FileNotFoundError:
        return None
    to = message_from_string(head, policy=SMTPUTF8)["To"]
    if to is None or len(to.addresses) != 1:
        return None
    return f"{to.addresses[0].username}@{to.addresses[0].domain}"


def _write_whole(file: Path, content: bytes) -> None:
    """Write to a temporary file and rename it, so that nobody sees a partial email."""
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

"""Reading: rows of messages become what their owner sees.

Messages from before they were sealed are read as they are, until all are sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import col

from anonmsg.database.tables import Message
from anonmsg.locale import _
from anonmsg.public import InboxMessage
from anonmsg.security.inbox_ciphers import InboxCipher
from anonmsg.security.seals import BrokenSeal

# What is read of a row; plain columns cost a third of what whole rows do.
COLUMNS = (
    col(Message.id),
    col(Message.content),
    col(Message.sealed),
    col(Message.sent_at),
    col(Message.folder),
    col(Message.is_unread),
    col(Message.is_starred),
    col(Message.trashed_on),
    col(Message.note),
    col(Message.is_test),
)


class Row(NamedTuple):
    """A message as it's stored; see `COLUMNS`."""

    id: str
    content: str
    sealed: bytes | None
    sent_at: datetime
    folder: str
    is_unread: bool
    is_starred: bool
    trashed_on: date | None
    note: bytes | None
    is_test: bool

    def text(self, cipher: InboxCipher | None) -> str:
        """Return the text.

        Raises:
            BrokenSeal: it can't be opened.
        """
        if self.sealed is None:
            return self.content
        if cipher is None:
            raise BrokenSeal("The owner's key is gone.")
        return cipher.open(self.sealed, message_id=self.id)

    def noted(self, cipher: InboxCipher | None) -> str:
        """Return the owner's note, which may be empty.

        Raises:
            BrokenSeal: it can't be opened.
        """
        if self.note is None:
            return ""
        if cipher is None:
            raise BrokenSeal("The owner's key is gone.")
        return cipher.open(self.note, message_id=self.id, part="note")


def rows(found: Iterable[Any]) -> list[Row]:
    """Return the rows of a query for `COLUMNS`."""
    return [Row._make(each) for each in found]


def as_shown(row: Row, cipher: InboxCipher | None) -> InboxMessage:
    """Return a message as its owner sees it.

    One that can't be opened, because somebody changed the database, says so: the others
    are still there to read.
    """
    try:
        text, note = row.text(cipher), row.noted(cipher)
    except BrokenSeal:
        text, note = _("This message can't be opened. Its data was changed."), ""
    return InboxMessage(
        row.id,
        text,
        row.sent_at.isoformat(),
        is_unread=row.is_unread,
        is_starred=row.is_starred,
        folder=row.folder,
        trashed_on=row.trashed_on.isoformat() if row.trashed_on else "",
        note=note,
        is_test=row.is_test,
    )

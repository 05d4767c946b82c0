"""The order of an inbox, newest first, and a message's position in it.

Times are whole seconds. Within one, the random id decides, so that the order tells
nothing finer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_, union_all
from sqlmodel import col

from anonmsg import rules
from anonmsg.database.tables import Message, UTCDateTime
from anonmsg.errors import PageOutdated
from anonmsg.public import InboxMessage
from anonmsg.services.inbox import folders
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.inbox.reading import COLUMNS

NEWEST_FIRST = (col(Message.sent_at).desc(), col(Message.id).desc())
# The id breaks ties between messages of the same time, so that paging skips none.
_position = tuple_(col(Message.sent_at), col(Message.id))
LONGEST_ID, LONGEST_TIME = 22, 40
FIRST_YEAR, LAST_YEAR = 2000, 9000


@dataclass(frozen=True)
class Position:
    """A place in the order, where a message is or was."""

    sent_at: datetime
    id: str

    @classmethod
    def of(cls, message: object) -> Position:
        """Return the position of a message, which may have been deleted.

        Raises:
            PageOutdated: its time is no time of a message; nobody was sent such a one.
        """
        if not isinstance(message, InboxMessage):
            raise PageOutdated
        try:
            sent_at = datetime.fromisoformat(rules.text(message.sent_at, LONGEST_TIME))
        except ValueError:
            raise PageOutdated from None
        # Near the first and the last year there are times that UTC doesn't have.
        if sent_at.tzinfo is None or not FIRST_YEAR <= sent_at.year < LAST_YEAR:
            raise PageOutdated
        return cls(sent_at.astimezone(UTC), rules.text(message.id, LONGEST_ID))

    @classmethod
    def read(cls, cursor: object) -> Position:
        """Return the position that a cursor says.

        Raises:
            PageOutdated: it says none; nobody was sent such a one.
        """
        sent_at, _, message_id = rules.text(cursor, LONGEST_TIME + LONGEST_ID).partition(" ")
        return cls.of(InboxMessage(message_id, "", sent_at))

    @property
    def cursor(self) -> str:
        """The position as a browser keeps it."""
        return f"{self.sent_at.isoformat()} {self.id}"

    @property
    def value(self) -> ColumnElement[Any]:
        """The position, to compare with."""
        return tuple_(literal(self.sent_at, UTCDateTime()), literal(self.id))


def older_than(position: Position) -> ColumnElement[bool]:
    """Match the messages older than this one, even if it has been deleted."""
    return _position < position.value


def down_to(position: Position) -> ColumnElement[bool]:
    """Match this message, if it still exists, and all newer ones."""
    return _position >= position.value


def newest(
    owner_id: str, where: Sequence[Folder], *condition: ColumnElement[bool], limit: int
) -> Any:
    """Return the query for an owner's newest messages, as `reading.COLUMNS`.

    Several folders are merged from the index of each: no more rows are read than asked for
    in each of them.

    Args:
        owner_id: Whose.
        where: In which folders.
        *condition: Which ones.
        limit: How many at most.
    """
    each = [select(*COLUMNS).where(*folders.within(owner_id, one), *condition) for one in where]
    if len(each) == 1:
        return each[0].order_by(*NEWEST_FIRST).limit(limit)
    merged = union_all(*each)
    return merged.order_by(
        merged.selected_columns.sent_at.desc(), merged.selected_columns.id.desc()
    ).limit(limit)

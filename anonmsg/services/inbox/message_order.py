"""The order of an inbox, newest first, and a message's position in it.

Times are whole seconds. Within one, the random id decides, so that the order tells
nothing finer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlmodel import col

from anonmsg.database.tables import Message, UTCDateTime
from anonmsg.public import InboxMessage

NEWEST_FIRST = (col(Message.sent_at).desc(), col(Message.id).desc())
# The id breaks ties between messages of the same time, so that paging skips none.
_position = tuple_(col(Message.sent_at), col(Message.id))


def older_than(message: InboxMessage) -> ColumnElement[bool]:
    """Match the messages older than this one, even if it has been deleted."""
    return _position < _position_of(message)


def down_to(message: InboxMessage) -> ColumnElement[bool]:
    """Match this message, if it still exists, and all newer ones."""
    return _position >= _position_of(message)


def _position_of(message: InboxMessage) -> ColumnElement[Any]:
    sent_at = literal(datetime.fromisoformat(message.sent_at), UTCDateTime())
    return tuple_(sent_at, literal(message.id))

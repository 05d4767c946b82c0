"""The order of an inbox, newest first, and where in it a message stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlmodel import col

from anonmsg.database.tables import Message, UTCDateTime
from anonmsg.public import InboxMessage

NEWEST_FIRST = (col(Message.sent_at).desc(), col(Message.id).desc())
# The id tells messages of the same moment apart, so that no run skips one.
_each_place = tuple_(col(Message.sent_at), col(Message.id))


def older_than(message: InboxMessage) -> ColumnElement[bool]:
    """What comes after a message; its id and time say where, so it may be deleted by now."""
    return _each_place < _place_of(message)


def down_to(message: InboxMessage) -> ColumnElement[bool]:
    """A message, if it is still there, and all that are newer."""
    return _each_place >= _place_of(message)


def _place_of(message: InboxMessage) -> ColumnElement[Any]:
    sent_at = literal(datetime.fromisoformat(message.sent_at), UTCDateTime())
    return tuple_(sent_at, literal(message.id))

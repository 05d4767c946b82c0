"""The table of who is told about new messages; `tables.py` has them all, and their rules."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from anonmsg.database.columns import UTCDateTime


class EmailDigest(SQLModel, table=True):
    """An owner who wants to be told about new messages by email; the others have no row.

    Whatever came before `told_until`, a whole second, has been told, or its owner has opened
    the inbox since.
    """

    __tablename__ = "email_digests"

    person_id: str = Field(
        foreign_key="people.id", ondelete="CASCADE", primary_key=True, max_length=22
    )
    frequency: str = Field(max_length=10)
    # Of the owner's day, if it's once a day.
    hour: int = 0
    next_at: datetime = Field(sa_type=UTCDateTime, index=True)
    told_until: datetime = Field(sa_type=UTCDateTime)

"""The tables of messages and inboxes; `tables.py` has them all, and their rules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from anonmsg.database.columns import UTCDateTime
from anonmsg.security.codes import new_id

# SQLite uses a partial index only for a condition with the same literals. None of them has
# a new message, so that sending one costs no more.
STARRED, IN_THE_CLEAR = text("is_starred = 1"), text("content <> ''")
IN_A_STORM = text("in_storm = 1")


class Message(SQLModel, table=True):
    """A message: whose inbox it is in, its sealed text, its second, and what its owner did.

    Nothing more. `content` is empty: only a message from before messages were sealed has
    its text there, until it's sealed, too. The folder's day is the one on which it was put
    into the trash, and `trashed_from` the folder that it came from.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_folder", "person_id", "folder", "sent_at", "id"),
        Index(
            "ix_messages_starred",
            *("person_id", "sent_at", "id"),
            sqlite_where=STARRED,
            postgresql_where=text("is_starred"),
        ),
        Index(
            "ix_messages_trashed",
            "trashed_on",
            sqlite_where=text("trashed_on IS NOT NULL"),
            postgresql_where=text("trashed_on IS NOT NULL"),
        ),
        Index(
            "ix_messages_clear",
            *("person_id", "id"),
            sqlite_where=IN_THE_CLEAR,
            postgresql_where=IN_THE_CLEAR,
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE", max_length=22)
    content: str = Field(default="", sa_type=Text)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    sent_at: datetime = Field(sa_type=UTCDateTime)
    folder: str = Field(default="inbox", max_length=10)
    is_unread: bool = True
    is_starred: bool = False
    # Whether its owner sent it as a test; it counts nowhere then.
    is_test: bool = False
    trashed_on: date | None = None
    trashed_from: str = Field(default="", max_length=10)
    # What the owner noted beside it, sealed.
    note: bytes | None = Field(default=None, sa_type=LargeBinary)


class HeldMessage(SQLModel, table=True):
    """A message that waits for its delivery, which is what its sender was told.

    Nothing here is finer than that: `due_at` is a delivery that many messages share, or was
    drawn by lot. `latest_at` ends the wait of one that is delivered `together` with others.
    One that came in a storm waits for its owner's word besides. The rows lie in the order of
    their random ids: on SQLite there's no rowid that counts.
    """

    __tablename__ = "held_messages"
    __table_args__ = (
        Index("ix_held_messages_due", "person_id", "due_at", "together", "latest_at"),
        Index(
            "ix_held_messages_storm",
            "person_id",
            sqlite_where=IN_A_STORM,
            postgresql_where=text("in_storm"),
        ),
        {"sqlite_with_rowid": False},
    )

    # It's the message's own, under which it's sealed.
    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE", max_length=22)
    sealed: bytes = Field(sa_type=LargeBinary)
    due_at: datetime = Field(sa_type=UTCDateTime)
    together: int = 1
    latest_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    in_storm: bool = False


class InboxKey(SQLModel, table=True):
    """The key that seals an owner's messages, itself sealed under a PEPPER.

    `pepper_id` says under which. Without its row nobody can read the messages any more, so
    it's the first row of an account to go, and it's never written again otherwise.
    """

    __tablename__ = "inbox_keys"

    person_id: str = Field(
        foreign_key="people.id", ondelete="CASCADE", primary_key=True, max_length=22
    )
    sealed: bytes = Field(sa_type=LargeBinary)
    pepper_id: str = Field(max_length=8)


class Inbox(SQLModel, table=True):
    """How many messages are in each folder of an owner, and how many of them are unread.

    Triggers of the database keep the counts, so that whatever inserts, changes or deletes
    a message can't forget them. A starred message counts unless it's in the trash, and a
    test never does.
    """

    __tablename__ = "inboxes"

    person_id: str = Field(
        foreign_key="people.id", ondelete="CASCADE", primary_key=True, max_length=22
    )
    inbox: int = 0
    inbox_unread: int = 0
    archive: int = 0
    archive_unread: int = 0
    starred: int = 0
    trash: int = 0
    # For how many days messages are kept, or 0 for ever, and whether starred ones stay.
    keep_days: int = 0
    keep_starred: bool = True


class SendKey(SQLModel, table=True):
    """The digest of a form's random key and its text, used to recognise a retry.

    It names neither the message nor the inbox, and is deleted after 24 hours. Its end is
    a full hour, because a finer time would tell when the message was sent.
    """

    __tablename__ = "send_keys"

    digest: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)

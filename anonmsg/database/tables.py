"""The tables. Ids are random, times are aware UTC, secrets are keyed digests.

Nothing here records who sent a message: there is no column for it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Index, LargeBinary, Text, TypeDecorator, text
from sqlmodel import Field, SQLModel

from anonmsg.security.codes import new_id


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time, even on SQLite, which stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store the time in UTC, without the zone on SQLite."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read the time back as aware UTC; PostgreSQL tells it in the connection's zone."""
        del dialect
        stored: datetime | None = value
        if stored is None:
            return None
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class Person(SQLModel, table=True):
    """A verified person; an unverified sign-up isn't a person yet."""

    __tablename__ = "people"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    username: str = Field(max_length=20)
    username_key: str = Field(max_length=20, unique=True)
    email: str = Field(max_length=320)
    email_key: str = Field(max_length=320, unique=True)
    password_hash: str = Field(max_length=80)
    accepts_messages: bool = True
    display_name: str = Field(default="", max_length=50)
    # What the owner asks of those who write to them, in one line.
    prompt: str = Field(default="", max_length=80)
    bio: str = Field(default="", max_length=200)
    renamed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    banned_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    # When a requested deletion is carried out; the owner may call it off before then.
    leaves_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    # The sealed TOTP secret, in use once `totp_on_at` is set. From then on,
    # `totp_step` is the last time step (RFC 6238) whose code was accepted.
    totp_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_step: int = 0
    totp_on_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class HeldUsername(SQLModel, table=True):
    """Who holds a username: a person permanently, or a sign-up while its code is valid.

    There is one row per name, so two sign-ups can never hold the same one. A name that
    a person gave up stays theirs until `held_until`, and leads to their page.
    """

    __tablename__ = "names"

    username_key: str = Field(primary_key=True, max_length=20)
    person_id: str | None = Field(
        default=None, foreign_key="people.id", ondelete="CASCADE", max_length=22
    )
    sign_up_id: str | None = Field(default=None, max_length=22)
    held_until: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignUp(SQLModel, table=True):
    """A sign-up waiting for its code, bound to the browser that started it.

    `decoy` marks a sign-up for an address that already has an account, where the
    operator hides registered addresses: no code ever matches it.
    """

    __tablename__ = "sign_ups"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    browser_digest: str = Field(max_length=64, unique=True)
    username: str = Field(max_length=20)
    username_key: str = Field(max_length=20, index=True)
    email: str = Field(max_length=320)
    email_key: str = Field(max_length=320, index=True)
    password_hash: str = Field(max_length=80)
    decoy: bool = False
    code_digest: str = Field(max_length=64)
    link_digest: str = Field(max_length=64, unique=True)
    code_tries: int = 0
    code_mailed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    code_made_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)


# SQLite uses a partial index only for a condition with the same literals. None of them has
# a new message, so that sending one costs no more.
STARRED, IN_THE_CLEAR = text("is_starred = 1"), text("content <> ''")


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
    trashed_on: date | None = None
    trashed_from: str = Field(default="", max_length=10)
    # What the owner noted beside it, sealed.
    note: bytes | None = Field(default=None, sa_type=LargeBinary)


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
    a message can't forget them. A starred message counts unless it's in the trash.
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


class SignInSession(SQLModel, table=True):
    """A signed-in browser: the family of refresh tokens from one sign-in."""

    __tablename__ = "sign_ins"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE", index=True, max_length=22)
    generation: int = 0
    # Such as "Firefox on Windows": enough for the owner to recognise it, and no more.
    label: str = Field(default="", max_length=60)
    # When the password was last checked in this session.
    proved_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    rotated_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MailedLink(SQLModel, table=True):
    """An emailed link that does one thing once, for one person.

    `email` is the address that the link sets, if it sets one.
    """

    __tablename__ = "mailed_links"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    purpose: str = Field(max_length=20)
    digest: str = Field(max_length=64, unique=True)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE", index=True, max_length=22)
    email: str = Field(default="", max_length=320)
    email_key: str = Field(default="", max_length=320)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class RecoveryCode(SQLModel, table=True):
    """The digest of a code that replaces the second factor once.

    `pepper_id` says which PEPPER made it. It is empty in rows from before the PEPPER
    could be rotated.
    """

    __tablename__ = "recovery_codes"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE", index=True, max_length=22)
    digest: str = Field(max_length=64)
    pepper_id: str = Field(default="", max_length=8)


class Mail(SQLModel, table=True):
    """A sealed email waiting for delivery; wiped once it is sent.

    Its id is also the idempotency key for the mail service.
    """

    __tablename__ = "mails"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=22)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    sign_up_id: str | None = Field(default=None, max_length=22, index=True)
    tries: int = 0
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Counter(SQLModel, table=True):
    """How many attempts were made at a guarded secret, until the count resets."""

    __tablename__ = "counters"

    key: str = Field(primary_key=True, max_length=64)
    count: int = 0
    resets_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Erasure(SQLModel, table=True):
    """The keyed digest of an erased account's id, which a restored backup may still have."""

    __tablename__ = "erasures"

    digest: str = Field(primary_key=True, max_length=64)
    erased_on: date = Field(index=True)


class Fact(SQLModel, table=True):
    """A fact the database keeps about itself, such as which PEPPER it belongs to."""

    __tablename__ = "facts"

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(sa_type=Text)

"""The tables. Ids are random, times are aware UTC, secrets are keyed digests.

Nothing here records who sent a message: there is no column for it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from anonmsg.database.columns import UTCDateTime
from anonmsg.database.inbox_tables import HeldMessage, Inbox, InboxKey, Message, SendKey
from anonmsg.database.notification_tables import EmailDigest
from anonmsg.security.codes import new_id

__all__ = [
    "Counter",
    "EmailDigest",
    "Erasure",
    "Fact",
    "HeldMessage",
    "HeldUsername",
    "Inbox",
    "InboxKey",
    "Mail",
    "MailedLink",
    "Message",
    "Person",
    "RecoveryCode",
    "SendKey",
    "SignInSession",
    "SignUp",
    "UTCDateTime",
]


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
    # Until then the page is closed, too, and opens again by itself.
    paused_until: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    # The IANA name of the zone that the owner's days and hours are of; empty is UTC.
    time_zone: str = Field(default="", max_length=64)
    # When messages are delivered: "now", "hourly", or "daily" at an hour; how many have to
    # have come by then; and between which hours nothing is, unless both are the same.
    delivery: str = Field(default="now", max_length=10)
    delivery_hour: int = 20
    deliver_together: int = 1
    quiet_from: int = 0
    quiet_to: int = 0
    # How many messages a minute come in as usual; more are held. 0 is any number.
    storm_at: int = 0
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
    # Whether it's one of many, and lets every other email go first.
    is_bulk: bool = False
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

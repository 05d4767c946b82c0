"""The statements of a batch of sends, built once.

A batch costs the processor far more than its messages do: with few people sending at
once, building the queries and running them through the ORM was two thirds of a send.
These are plain Core statements, which SQLAlchemy compiles once, over the same tables.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from anonmsg.database.engine import insert_for
from anonmsg.database.tables import HeldMessage, HeldUsername, InboxKey, Message, Person, SendKey
from anonmsg.services.accounts.page_lookup import LEADS_TO_A_PAGE
from anonmsg.services.inbox.schedules import SCHEDULE

# Whose inboxes `names` are for: by key, at the time `now`. It joins through the names table,
# because a page may be open under a former name. An account whose key is gone takes none.
RECIPIENTS = (
    select(
        col(HeldUsername.username_key),
        col(Person.id),
        col(Person.username),
        col(Person.accepts_messages),
        col(InboxKey.sealed),
        col(Person.paused_until),
        col(Person.storm_at),
        *SCHEDULE,
    )
    .join(Person, col(Person.id) == col(HeldUsername.person_id))
    .join(InboxKey, col(InboxKey.person_id) == col(Person.id))
    .where(col(HeldUsername.username_key).in_(bindparam("names", expanding=True)), *LEADS_TO_A_PAGE)
    .with_for_update(read=True, of=Person)
)

# Which of `digests` are stored.
KNOWN_SEND_KEYS = select(col(SendKey.digest)).where(
    col(SendKey.digest).in_(bindparam("digests", expanding=True))
)


@cache
def keep_send_keys(dialect: str) -> Any:
    """Return the statement that stores send keys, and returns those that weren't stored yet."""
    return insert_for(dialect, SendKey).on_conflict_do_nothing().returning(col(SendKey.digest))


@cache
def store_messages(dialect: str) -> Any:
    """Return the statement that stores messages."""
    return insert_for(dialect, Message)


@cache
def hold_messages(dialect: str) -> Any:
    """Return the statement that stores messages which wait for their delivery."""
    return insert_for(dialect, HeldMessage)

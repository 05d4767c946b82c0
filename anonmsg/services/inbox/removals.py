"""Removals: messages that are deleted for good without their owner looking on.

They go in batches, because nothing else can be written while one is deleted.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select

from anonmsg.database.tables import Message
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context

# How many messages are deleted in one transaction.
BATCH = 1000
TRASH_LIVES = timedelta(days=30)


def delete_all(ctx: Context, *, owner_id: str) -> None:
    """Delete every message of an owner."""
    delete_where(ctx, col(Message.person_id) == owner_id)


def empty_trash(ctx: Context) -> None:
    """Delete what has been in somebody's trash for 30 days."""
    last_day = (ctx.now - TRASH_LIVES).date()
    day = col(Message.trashed_on)
    for owner_id in delete_where(ctx, day.is_not(None), day < last_day):
        ctx.announce(topics.inbox_of(owner_id))


def delete_where(ctx: Context, *condition: ColumnElement[bool]) -> set[str]:
    """Delete all messages that match; several workers may do it at once.

    Returns:
        The ids of their owners.
    """
    owners: set[str] = set()
    while True:
        some = select(Message.id).where(*condition).limit(BATCH)
        gone = delete(Message).where(col(Message.id).in_(some)).returning(col(Message.person_id))
        with ctx.writing() as db:
            found = db.exec(gone).scalars().all()
        owners |= set(found)
        if len(found) < BATCH:
            return owners

"""Moves: what owners do to their messages, each by a use case that can be undone.

All take up to 200 ids and return what they changed. Doing something twice changes nothing
the second time.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select, update

from anonmsg.database.tables import Message
from anonmsg.errors import PageOutdated
from anonmsg.public import FormerPlace, InboxChange
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import acts, folders, message_order, selections
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.inbox.message_order import Position

# How many messages of a folder are looked at and marked as read in one go, and may be undone.
BATCH = 1000


def mark_read(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Mark messages as read.

    Raises:
        MessageNotFound: none of them is there any more.
        TooManySelected: there are more than 200.
    """
    return acts.do(ctx, "mark_read", owner_id=owner_id, ids=selections.ids(ids))


def mark_unread(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Mark messages as unread; see `mark_read`."""
    return acts.do(ctx, "mark_unread", owner_id=owner_id, ids=selections.ids(ids))


def mark_all_read(ctx: Context, *, owner_id: str, folder: object) -> InboxChange:
    """Mark everything in a folder as read that had come when this was asked.

    Returns:
        What changed; of more than a thousand messages only how many, and there is no undo.

    Raises:
        PageOutdated: there is no such folder.
    """
    if not folders.is_known(folder):
        raise PageOutdated
    changed: list[str] = []
    for ids in _unread(ctx, owner_id, folders.named(folder)):
        mine = col(Message.person_id) == owner_id, col(Message.id).in_(ids), folders.IS_UNREAD
        marked = update(Message).where(*mine).values(is_unread=False).returning(col(Message.id))
        with ctx.writing() as db:
            unsynchronised = marked.execution_options(synchronize_session=False)
            changed += db.exec(unsynchronised).scalars().all()
    if changed:
        ctx.announce(topics.inbox_of(owner_id))
    if len(changed) > BATCH:
        return InboxChange("mark_read", too_many=len(changed))
    return InboxChange("mark_read", [FormerPlace(each) for each in changed])


def _unread(ctx: Context, owner_id: str, folder: Folder) -> Iterator[list[str]]:
    """Yield the unread messages in a folder, a batch at a time, the newest first.

    There's no index of them, because each message that is sent would pay for it. But it's
    known how many there are, and most are new.
    """
    left = getattr(folders.counts(ctx, owner_id=owner_id), f"{folder}_unread", None)
    mine = select(Message.id, Message.sent_at, Message.is_unread).where(
        *folders.within(owner_id, folder), col(Message.sent_at) <= ctx.now
    )
    further = newest_first = mine.order_by(*message_order.NEWEST_FIRST)
    while left is None or left > 0:
        with ctx.reading() as db:
            rows = db.exec(further.limit(BATCH)).all()
        if ids := [each for each, _, is_unread in rows if is_unread]:
            yield ids
        if len(rows) < BATCH:
            return
        left = None if left is None else left - len(ids)
        last = Position(rows[-1][1], rows[-1][0])
        further = newest_first.where(message_order.older_than(last))


def star(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Star messages, except in the trash; see `mark_read`."""
    return acts.do(ctx, "star", owner_id=owner_id, ids=selections.ids(ids))


def unstar(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Take the star off messages, except in the trash; see `mark_read`."""
    return acts.do(ctx, "unstar", owner_id=owner_id, ids=selections.ids(ids))


def archive(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Move messages from the inbox to the archive; see `mark_read`."""
    return acts.do(ctx, "archive", owner_id=owner_id, ids=selections.ids(ids))


def move_to_inbox(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Move messages from the archive to the inbox; see `mark_read`."""
    return acts.do(ctx, "move_to_inbox", owner_id=owner_id, ids=selections.ids(ids))


def trash(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Move messages to the trash, where they stay for 30 days; see `mark_read`."""
    return acts.do(ctx, "trash", owner_id=owner_id, ids=selections.ids(ids))


def restore(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Move messages from the trash to where they were; see `mark_read`."""
    return acts.do(ctx, "restore", owner_id=owner_id, ids=selections.ids(ids))


def delete_forever(ctx: Context, *, owner_id: str, ids: object) -> InboxChange:
    """Delete messages for good, which only those in the trash can be; see `mark_read`.

    Nothing brings them back, so `undo` refuses.
    """
    return acts.do(ctx, "delete_forever", owner_id=owner_id, ids=selections.ids(ids))

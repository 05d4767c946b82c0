"""Undo: the exact inverse of a change, for exactly the messages that it changed.

What another tab has done to one of them since stays done: a message is taken back from
where the change has put it, and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from anonmsg import rules
from anonmsg.errors import MessageNotFound, PageOutdated
from anonmsg.public import FormerPlace, InboxChange
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import acts, notes, selections
from anonmsg.services.inbox.moves import BATCH
from anonmsg.services.inbox.removals import TRASH_LIVES

INVERSE = {
    "mark_read": "mark_unread",
    "mark_unread": "mark_read",
    "star": "unstar",
    "unstar": "star",
    "archive": "move_to_inbox",
    "move_to_inbox": "archive",
    "trash": "restore",
}


def undo(ctx: Context, *, owner_id: str, change: object) -> InboxChange:
    """Take a change back.

    Args:
        ctx: The context.
        owner_id: Whose messages.
        change: What one of the use cases returned. Only what the owner could do anyway is
            done, whatever it says.

    Returns:
        What changed, which can be undone as well.

    Raises:
        MessageNotFound: none of the messages is there any more.
        PageOutdated: it's no change, or can't be undone.
        InvalidNote: it says a note that can't be one.
    """
    if not isinstance(change, InboxChange) or not isinstance(change.rows, list):
        raise PageOutdated
    if not all(isinstance(row, FormerPlace) for row in change.rows) or len(change.rows) > BATCH:
        raise PageOutdated
    if not change.rows:
        return InboxChange(change.act if change.act in INVERSE else "")
    if change.act == notes.ACT:
        return _undo_note(ctx, owner_id, change)
    if change.act == "restore":
        return _undo_restore(ctx, owner_id, change.rows)
    if change.act not in INVERSE:
        raise PageOutdated
    return _in_parts(ctx, INVERSE[change.act], owner_id, change.ids)


def _in_parts(ctx: Context, act: str, owner_id: str, ids: Sequence[str]) -> InboxChange:
    """Do an act to as many messages as there are, 200 at a time."""
    rows: list[FormerPlace] = []
    is_any_there = False
    for start in range(0, len(ids), selections.MOST):
        part = selections.ids(list(ids[start : start + selections.MOST]))
        try:
            rows += acts.do(ctx, act, owner_id=owner_id, ids=part).rows
            is_any_there = True
        except MessageNotFound:
            continue
    if not is_any_there:
        raise MessageNotFound
    return InboxChange(act, rows)


def _undo_note(ctx: Context, owner_id: str, change: InboxChange) -> InboxChange:
    row = change.rows[0]
    (message_id,) = selections.ids([row.id])
    former, now = rules.note(row.note), rules.note(change.note)
    return notes.change(ctx, owner_id=owner_id, message_id=message_id, note=former, only_if=now)


def _undo_restore(ctx: Context, owner_id: str, rows: Sequence[FormerPlace]) -> InboxChange:
    days = {row.id: _day(ctx, row.trashed_on) for row in rows}
    ids = selections.ids(list(days))
    known = {each: days[each] for each in ids}
    with ctx.reading():
        before = acts.former(ctx, owner_id, ids)
    if not before:
        raise MessageNotFound
    changed = acts.put_back_into_trash(ctx, owner_id=owner_id, rows=known)
    return InboxChange("trash", [before[each] for each in changed if each in before])


def _day(ctx: Context, value: object) -> date:
    """Return the day that a message had in the trash; no later than today.

    Raises:
        PageOutdated: it's no day, or so long ago that the trash was emptied since.
    """
    try:
        day = date.fromisoformat(rules.text(value, 10))
    except ValueError:
        raise PageOutdated from None
    if day < (ctx.now - TRASH_LIVES).date():
        raise PageOutdated
    return min(day, ctx.now.date())

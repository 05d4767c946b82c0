"""Acts: what an owner can do to several messages at once, each as one conditional UPDATE.

Each act changes only the owner's own messages, and only those that aren't so already. What
it returns are exactly those, with where they were before: `undo` takes just them back, so
that it's harmless in two tabs at once, or after another tab did something else to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, select
from sqlmodel import col, delete, update

from anonmsg.database.tables import Message
from anonmsg.errors import MessageNotFound
from anonmsg.public import FormerPlace, InboxChange
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import folders
from anonmsg.services.inbox.folders import Folder

_folder = col(Message.folder)


@dataclass(frozen=True)
class Act:
    """What changes, and for which messages; `values` is None for those that are deleted."""

    only_if: tuple[ColumnElement[bool], ...]
    values: Callable[[Context], Mapping[str, Any]] | None


def _in(folder: Folder) -> tuple[ColumnElement[bool], ...]:
    return (_folder == folder.value,)


def _always(**values: Any) -> Callable[[Context], Mapping[str, Any]]:
    return lambda _: values


def _into_trash(ctx: Context) -> Mapping[str, Any]:
    return _trashed(ctx.now.date())


def _trashed(day: date) -> Mapping[str, Any]:
    return {"folder": Folder.TRASH.value, "trashed_from": _folder, "trashed_on": day}


_OUT_OF_TRASH = {"folder": col(Message.trashed_from), "trashed_from": "", "trashed_on": None}
_NOT_IN_TRASH = (_folder != Folder.TRASH.value,)
# A test isn't counted, so it can't be unread.
_NO_TEST = (col(Message.is_test) == false(),)
ACTS: dict[str, Act] = {
    "mark_read": Act((folders.IS_UNREAD,), _always(is_unread=False)),
    "mark_unread": Act((col(Message.is_unread) == false(), *_NO_TEST), _always(is_unread=True)),
    "star": Act((col(Message.is_starred) == false(), *_NOT_IN_TRASH), _always(is_starred=True)),
    "unstar": Act(folders.IS_STARRED, _always(is_starred=False)),
    "archive": Act(_in(Folder.INBOX), _always(folder=Folder.ARCHIVE.value)),
    "move_to_inbox": Act(_in(Folder.ARCHIVE), _always(folder=Folder.INBOX.value)),
    "trash": Act(_NOT_IN_TRASH, _into_trash),
    "restore": Act(_in(Folder.TRASH), _always(**_OUT_OF_TRASH)),
    "delete_forever": Act(_in(Folder.TRASH), None),
}


def do(ctx: Context, name: str, *, owner_id: str, ids: Sequence[str]) -> InboxChange:
    """Do something to an owner's messages, once however often it's asked.

    Args:
        ctx: The context.
        name: Which act.
        owner_id: Whose messages.
        ids: Which ones; those that another tab has deleted are left out.

    Raises:
        MessageNotFound: none of them is there any more.
    """
    act = ACTS[name]
    with ctx.writing() as db:
        before = former(ctx, owner_id, ids)
        if not before:
            raise MessageNotFound
        changed = db.exec(_statement(ctx, act, owner_id, ids)).scalars().all()
    if changed:
        ctx.announce(topics.inbox_of(owner_id))
    return InboxChange(name, [before[each] for each in before if each in set(changed)])


def put_back_into_trash(ctx: Context, *, owner_id: str, rows: Mapping[str, date]) -> list[str]:
    """Put messages into the trash again, each with the day it had there.

    Returns:
        The ids of those that weren't there.
    """
    changed: list[str] = []
    with ctx.writing() as db:
        for day in set(rows.values()):
            act = Act(_NOT_IN_TRASH, _always(**_trashed(day)))
            ids = [each for each in rows if rows[each] == day]
            changed += db.exec(_statement(ctx, act, owner_id, ids)).scalars().all()
    if changed:
        ctx.announce(topics.inbox_of(owner_id))
    return [each for each in rows if each in set(changed)]


def former(ctx: Context, owner_id: str, ids: Sequence[str]) -> dict[str, FormerPlace]:
    """Return where an owner's messages are, by id, within a transaction."""
    asked = select(col(Message.id), _folder, col(Message.trashed_on))
    found = ctx.db.connection().execute(asked.where(*_these(owner_id, ids)))
    places = {each: FormerPlace(each, place, str(day or "")) for each, place, day in found}
    return {each: places[each] for each in ids if each in places}


def _these(owner_id: str, ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return col(Message.person_id) == owner_id, col(Message.id).in_(ids)


def _statement(ctx: Context, act: Act, owner_id: str, ids: Sequence[str]) -> Any:
    condition = *_these(owner_id, ids), *act.only_if
    if act.values is None:
        return delete(Message).where(*condition).returning(col(Message.id))
    changed = update(Message).where(*condition).values(**act.values(ctx))
    return changed.returning(col(Message.id)).execution_options(synchronize_session=False)

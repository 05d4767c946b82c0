"""Folders: where a message of an owner can be, and how many are in each.

A message is in one of three places: the inbox, the archive or the trash. The starred ones
of the first two are a folder, too, for whoever looks.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, true
from sqlmodel import col, select

from anonmsg.database.tables import Inbox, Message
from anonmsg.public import FolderCounts, InboxMessage
from anonmsg.runtime.context import Context


class Folder(StrEnum):
    """A folder, as it's named in the database and in a URL."""

    INBOX = "inbox"
    STARRED = "starred"
    ARCHIVE = "archive"
    TRASH = "trash"


# What is in each place, and what a search through everything looks into.
PLACES = (Folder.INBOX, Folder.ARCHIVE, Folder.TRASH)
EVERYTHING_KEPT = (Folder.INBOX, Folder.ARCHIVE)
# What stands for them, where a folder's name is asked for.
ALL = "all"
# Compared with a literal, as in the partial indexes, which SQLite doesn't use otherwise.
IS_UNREAD = col(Message.is_unread) == true()
IS_STARRED = col(Message.is_starred) == true(), col(Message.folder) != Folder.TRASH.value


def is_known(value: object) -> bool:
    """Return whether there is a folder of this name."""
    return isinstance(value, str) and value in set(Folder)


def named(value: object) -> Folder:
    """Return the folder of this name, or the inbox for a name that no folder has."""
    return Folder(str(value)) if is_known(value) else Folder.INBOX


def is_in(message: InboxMessage, folder: object) -> bool:
    """Return whether a message is in the folder of this name, or in none but the trash."""
    if folder == ALL:
        return message.folder != Folder.TRASH
    if named(folder) is Folder.STARRED:
        return message.is_starred and message.folder != Folder.TRASH
    return message.folder == named(folder)


def within(owner_id: str, folder: Folder) -> tuple[ColumnElement[bool], ...]:
    """Match the messages in an owner's folder."""
    mine = col(Message.person_id) == owner_id
    if folder is Folder.STARRED:
        return mine, *IS_STARRED
    return mine, col(Message.folder) == folder.value


def counts(ctx: Context, *, owner_id: str) -> FolderCounts:
    """Return how many messages are in each folder; the same work for any number of them."""
    with ctx.reading():
        return counted(ctx, owner_id)


def counted(ctx: Context, owner_id: str) -> FolderCounts:
    """Read the counts of an owner within a transaction; none for who isn't there."""
    kept = ctx.db.exec(select(Inbox).where(Inbox.person_id == owner_id)).first()
    if kept is None:
        return FolderCounts()
    return FolderCounts(
        kept.inbox,
        kept.inbox_unread,
        kept.archive,
        kept.archive_unread,
        kept.starred,
        kept.trash,
    )

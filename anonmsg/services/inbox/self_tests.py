"""Self-tests: an owner with an empty inbox sends themselves a message, marked as a test.

It's a message like any other, so they see how one arrives and can delete it, but the mark
stays with it wherever it's shown or exported, and it counts nowhere (triggers of the
database leave it out). It's never unread: nobody has written it.
"""

from __future__ import annotations

from sqlmodel import select

from anonmsg.database.engine import insert
from anonmsg.database.tables import Message
from anonmsg.errors import NotSignedIn
from anonmsg.locale import _
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services.inbox import folders, inbox_keys
from anonmsg.services.inbox.folders import Folder


def send(ctx: Context, *, owner_id: str) -> bool:
    """Put a test message into an owner's inbox, if it's empty.

    Returns:
        Whether there was none yet; two tabs at once send one.

    Raises:
        TooManyAttempts: there were ten today.
        NotSignedIn: the account is gone.
    """
    ctx.rate_limits.spend("test_message", owner_id)
    with ctx.writing() as db:
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
        if cipher is None:
            raise NotSignedIn
        there = select(Message.id).where(*folders.within(owner_id, Folder.INBOX)).limit(1)
        if db.exec(there).first() is not None:
            return False
        message_id = new_id()
        new = {
            "id": message_id,
            "person_id": owner_id,
            "content": "",
            "sealed": cipher.close(_text(), message_id=message_id),
            # Whole seconds, like every message.
            "sent_at": ctx.now.replace(microsecond=0),
            "is_unread": False,
            "is_test": True,
        }
        db.connection().execute(insert(db, Message), new)
    ctx.announce(topics.inbox_of(owner_id))
    return True


def _text() -> str:
    return _(
        "This is a test that you sent yourself. Messages from other people look like this, "
        "without the mark."
    )

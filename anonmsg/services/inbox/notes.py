"""Notes: what an owner writes beside a message, sealed like it."""

from __future__ import annotations

from contextlib import suppress

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import Message
from anonmsg.errors import MessageNotFound
from anonmsg.public import FormerPlace, InboxChange
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.inbox_ciphers import InboxCipher
from anonmsg.security.seals import BrokenSeal
from anonmsg.services.inbox import inbox_keys, selections

ACT = "annotate"


def annotate(ctx: Context, *, owner_id: str, message_id: object, note: object) -> InboxChange:
    """Keep a note beside a message; an empty one removes it.

    Raises:
        InvalidNote: it has more than 500 code points.
        MessageNotFound: the message isn't there any more.
    """
    (wanted,) = selections.ids([message_id])
    return change(ctx, owner_id=owner_id, message_id=wanted, note=rules.note(note))


def change(
    ctx: Context, *, owner_id: str, message_id: str, note: str, only_if: str | None = None
) -> InboxChange:
    """Replace a note that has been cleaned.

    Args:
        ctx: The context.
        owner_id: Whose message.
        message_id: Which one.
        note: What is noted, or nothing.
        only_if: The note that it must have now.

    Raises:
        MessageNotFound: the message isn't there any more, or can't be read.
    """
    mine = col(Message.id) == message_id, col(Message.person_id) == owner_id
    with ctx.writing() as db:
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
        found = db.exec(select(Message.id, Message.note).where(*mine)).first()
        if found is None or cipher is None:
            raise MessageNotFound
        before = _opened(cipher, *found)
        if before == note or (only_if is not None and before != only_if):
            return InboxChange(ACT, note=note)
        sealed = cipher.close(note, message_id=message_id, part="note") if note else None
        as_it_was = col(Message.note).is_not_distinct_from(found[1])
        db.exec(update(Message).where(*mine, as_it_was).values(note=sealed))
    ctx.announce(topics.inbox_of(owner_id))
    return InboxChange(ACT, [FormerPlace(message_id, note=before)], note)


def _opened(cipher: InboxCipher, message_id: str, sealed: bytes | None) -> str:
    """Return a note; one that somebody has changed in the database may be replaced."""
    with suppress(BrokenSeal):
        return cipher.open(sealed, message_id=message_id, part="note") if sealed else ""
    return ""

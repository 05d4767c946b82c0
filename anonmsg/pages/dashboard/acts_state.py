"""What owners do to messages on the dashboard: each act can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, MessageNotFound, NotSignedIn, PageOutdated
from anonmsg.framework import visitor
from anonmsg.locale import _, ngettext
from anonmsg.public import InboxChange
from anonmsg.runtime.runtime import run
from anonmsg.services.inbox import moves, notes, undo

ACTS: Mapping[str, Callable[..., InboxChange]] = {
    "mark_read": moves.mark_read,
    "mark_unread": moves.mark_unread,
    "star": moves.star,
    "unstar": moves.unstar,
    "archive": moves.archive,
    "move_to_inbox": moves.move_to_inbox,
    "trash": moves.trash,
    "restore": moves.restore,
}


class ActsState(rx.State, mixin=True):
    """The part of the dashboard's state that is about acts on messages.

    Attributes:
        done: What was done last, while it can be undone; shown beside **Undo**.
        times_done: How often something was done, so that each shows as long as the first.
    """

    audience: ClassVar[Audience] = Audience.OWNERS

    done: str = ""
    times_done: int = 0
    error: str = ""
    folder: str = "inbox"
    # What **Undo** takes back.
    _change: InboxChange | None = None

    @rx.event
    async def act(self, what: Any, ids: Any) -> None:
        """Do something to some messages."""
        use_case = ACTS.get(what) if isinstance(what, str) else None
        if use_case is None:
            raise PageOutdated
        await self._do(use_case, ids=ids)

    @rx.event
    async def mark_all_read(self) -> None:
        """Mark everything in the folder as read."""
        await self._do(moves.mark_all_read, folder=self.folder)

    @rx.event
    async def annotate(self, form: Any) -> None:
        """Keep a note beside a message."""
        typed = form if isinstance(form, dict) else {}
        await self._do(
            notes.annotate, message_id=typed.get("message_id"), note=typed.get("note", "")
        )

    @rx.event
    async def undo(self) -> None:
        """Take back what was done last."""
        await self._do(undo.undo, change=self._change)

    @rx.event
    async def seen(self, ids: Any) -> None:
        """Mark messages as read that were on the screen for a second; nobody is told."""
        me = await visitor.signed_in(self)
        # Another tab may have deleted them.
        with suppress(MessageNotFound):
            await run(moves.mark_read, owner_id=me.owner_id, ids=ids)
        await self._look()

    @rx.event
    async def delete_forever(self, form: Any) -> None:
        """Delete a message in the trash for good, after the dialog has confirmed it."""
        asked = form.get("message_id") if isinstance(form, dict) else None
        await self._do(moves.delete_forever, ids=asked)

    async def _do(self, use_case: Callable[..., InboxChange], **asked: Any) -> None:
        me = await visitor.signed_in(self)
        self.error = ""
        moved: list[str] = []
        try:
            change = await run(use_case, owner_id=me.owner_id, **asked)
            self._tell_done(change, is_undo=use_case is undo.undo)
            moved = change.ids
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.error = refusal.sentence
        await self._look(but=moved)

    def _tell_done(self, change: InboxChange, *, is_undo: bool) -> None:
        sentence = _("Undone") if is_undo else sentence_for(change)
        if sentence:
            self._tell(sentence)
        can_undo = bool(change.rows) and not is_undo and change.act != "delete_forever"
        self._change = change if can_undo else None
        self.done = sentence if can_undo else ""
        self.times_done += 1

    def _tell(self, sentence: str) -> None:
        """Tell screen readers."""
        raise NotImplementedError

    async def _look(self, *, but: Collection[str] = ()) -> None:
        """Show the folder again; these messages come back, so they aren't told as new."""
        raise NotImplementedError


def sentence_for(change: InboxChange) -> str:
    """Say what was done to how many messages."""
    count = change.too_many or len(change.rows)
    if count == 0:
        return ""
    sentences = {
        "trash": ngettext("Moved to trash", "{n} messages moved to trash", count),
        "archive": ngettext("Archived", "{n} messages archived", count),
        "move_to_inbox": ngettext("Moved to the inbox", "{n} messages moved to the inbox", count),
        "restore": ngettext("Restored", "{n} messages restored", count),
        "mark_read": ngettext("Marked as read", "{n} messages marked as read", count),
        "mark_unread": ngettext("Marked as unread", "{n} messages marked as unread", count),
        "star": ngettext("Starred", "{n} messages starred", count),
        "unstar": ngettext("Star removed", "{n} stars removed", count),
        "annotate": _("Note saved") if change.note else _("Note removed"),
        "delete_forever": ngettext("Message deleted", "{n} messages deleted", count),
    }
    return sentences.get(change.act, "").format(n=count)

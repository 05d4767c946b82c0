"""The state of the dashboard: an owner's link, switch and inbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import takewhile
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _, ngettext
from anonmsg.pages.dashboard.pause_state import PauseState
from anonmsg.public import InboxMessage, LinkPreview, ShareTarget
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.accounts import people
from anonmsg.services.inbox import moves, self_tests, sharing, slices
from anonmsg.services.notifications import email_digests


class DashboardState(PauseState, rx.State):
    """The state of the dashboard; every handler authenticates its owner again."""

    audience: ClassVar[Audience] = Audience.OWNERS

    me: str = ""
    link: str = ""
    invitation: str = ""
    preview: LinkPreview = LinkPreview()
    targets: list[ShareTarget] = []
    accepts_messages: bool = True
    messages: list[InboxMessage] = []
    # What has come since `messages` was loaded, newest first. It's a var of its own
    # because Reflex sends a changed list whole.
    arrivals: list[InboxMessage] = []
    more: bool = False
    total: int = 0
    loaded: bool = False
    busy: bool = False
    error: str = ""
    # What screen readers are told, and how often they were told something.
    news: str = ""
    times_told: int = 0
    # How many messages have arrived since the page was opened.
    arrived: int = 0
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Show the inbox and subscribe to new messages."""
        if await visitor.is_new_page(self):
            self.error, self.busy, self.messages, self.arrivals = "", False, [], []
            self.news, self.arrived = "", 0
            me = await visitor.signed_in(self)
            await run(email_digests.seen, owner_id=me.owner_id)
        await self._look()

    @rx.event
    async def refresh(self) -> None:
        """Reload as many messages as are shown."""
        self.error = ""
        await self._look()

    @rx.event
    async def look_again(self) -> None:
        """Show what has changed after a push, and tell what has arrived; the error stays."""
        known = {message.id for message in self._shown()}
        await self._look()
        self._tell_arrivals(_before(known, self._shown()))

    @rx.event
    async def look_for_arrivals(self) -> None:
        """Show and tell what has arrived, and load nothing else."""
        me = await visitor.signed_in(self)
        shown, more = self._shown(), self.more
        new = await run(slices.arrivals, owner_id=me.owner_id, shown=shown, more=more)
        if not new:
            return
        self.arrivals, self.total = [*new, *self.arrivals], self.total + len(new)
        if len(self.arrivals) > slices.SLICE:
            self.messages, self.arrivals = self._shown(), []
        self._tell_arrivals(new)

    def _shown(self) -> list[InboxMessage]:
        return [*self.arrivals, *self.messages]

    def _tell_arrivals(self, arrived: list[InboxMessage]) -> None:
        if new := sum(not message.is_test for message in arrived):
            self.arrived += new
            self._tell(ngettext("{n} new message", "{n} new messages", new).format(n=new))

    @rx.event
    async def load_more(self) -> AsyncIterator[Any]:
        """Show the next 20 older messages."""
        me = await visitor.signed_in(self)
        self.busy = True
        yield
        try:
            last = next(reversed(self._shown()), None)
            older = await run(slices.inbox, owner_id=me.owner_id, before=last)
            self.messages = [*self.messages, *older.messages]
            self.more, self.total = older.more, older.total
        finally:
            self.busy = False
            yield

    @rx.event
    async def accept_messages(self, checked: Any) -> None:
        """Open or close the inbox."""
        me = await visitor.signed_in(self)
        self.accepts_messages = await run(
            people.accept_messages, owner_id=me.owner_id, accepts=checked
        )

    @rx.event
    async def send_test(self) -> None:
        """Put a test message into the empty inbox."""
        me = await visitor.signed_in(self)
        self.error = ""
        try:
            await run(self_tests.send, owner_id=me.owner_id)
            self._tell(_("Test message sent"))
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.error = refusal.sentence
        await self._look()

    @rx.event
    async def delete(self, form: Any) -> None:
        """Delete a message, after the dialog has confirmed it."""
        me = await visitor.signed_in(self)
        asked = form.get("message_id") if isinstance(form, dict) else None
        self.error = ""
        try:
            await run(moves.trash, owner_id=me.owner_id, ids=asked)
            await run(moves.delete_forever, owner_id=me.owner_id, ids=asked)
            self._tell(_("Message deleted"))
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.error = refusal.sentence
        await self._look()

    def _tell(self, sentence: str) -> None:
        """Tell screen readers, even if it's the same sentence again."""
        self.news = sentence
        self.times_told += 1

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        for topic in (topics.inbox_of(me.owner_id), topics.arrivals_of(me.owner_id)):
            current().hub.watch(topic, visitor.tab_of(self))
        owner = await run(people.owner, owner_id=me.owner_id)
        last = next(reversed(self._shown()), None)
        inbox = await run(slices.inbox, owner_id=me.owner_id, down_to=last)
        self.me, self.link = owner.username, owner.link
        self.invitation, self.targets = sharing.invitation(), sharing.targets(owner.link)
        self.preview = sharing.preview(owner.username, called=owner.called)
        self.accepts_messages, self.paused_until = owner.accepts_messages, owner.paused_until
        self.more, self.total = inbox.more, inbox.total
        # Whatever comes before the first one of the list has arrived since.
        listed = {message.id for message in self.messages}
        new = _before(listed, inbox.messages) if listed else []
        self.arrivals, self.messages = new, inbox.messages[len(new) :]
        self.loaded = True


def _before(known: set[str], shown: list[InboxMessage]) -> list[InboxMessage]:
    """Return the messages in front of the first known one."""
    return list(takewhile(lambda each: each.id not in known, shown))

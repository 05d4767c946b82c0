"""The state of the dashboard: an owner's link, switch and messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _, ngettext
from anonmsg.pages.dashboard.acts_state import ActsState
from anonmsg.pages.dashboard.pause_state import PauseState
from anonmsg.pages.dashboard.search_state import SearchState
from anonmsg.pages.dashboard.shown_state import ShownState, arrived_among
from anonmsg.public import FolderCounts, InboxMessage, LinkPreview, ShareTarget
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.accounts import people
from anonmsg.services.inbox import folders, self_tests, sharing, slices
from anonmsg.services.notifications import email_digests


class DashboardState(ActsState, SearchState, ShownState, PauseState, rx.State):
    """The state of the dashboard; every handler authenticates its owner again."""

    audience: ClassVar[Audience] = Audience.OWNERS

    me: str = ""
    link: str = ""
    invitation: str = ""
    preview: LinkPreview = LinkPreview()
    targets: list[ShareTarget] = []
    accepts_messages: bool = True
    more: bool = False
    total: int = 0
    counts: FolderCounts = FolderCounts()
    loaded: bool = False
    busy: bool = False
    # What screen readers are told, and how often they were told something.
    news: str = ""
    times_told: int = 0
    # How many messages have arrived since the page was opened.
    arrived: int = 0
    _page: int = 0
    _is_shown: bool = False

    @rx.event
    async def load(self) -> None:
        """Show the folder in the URL and subscribe to new messages."""
        await self._begin_on_new_page()
        self.folder = folders.named(self.router.url.query_parameters.get("folder")).value
        await self._look()

    async def _begin_on_new_page(self) -> None:
        """Forget what an earlier page of the tab has shown."""
        if await visitor.is_new_page(self):
            self.error, self.busy, self.done, self._change = "", False, "", None
            self.news, self.arrived, self._is_shown = "", 0, False
            self._show([])
            self._forget_search()
            me = await visitor.signed_in(self)
            await run(email_digests.seen, owner_id=me.owner_id)

    @rx.event
    async def refresh(self) -> None:
        """Reload as many messages as are shown."""
        self.error = ""
        await self._look()

    @rx.event
    async def look_again(self) -> None:
        """Show what has changed after a push; the error stays."""
        await self._look()

    @rx.event
    async def look_for_arrivals(self) -> None:
        """Show and tell what has arrived, and load nothing else."""
        me = await visitor.signed_in(self)
        if self.folder != folders.Folder.INBOX:
            await self._look()
            return
        shown, more = self._shown(), self.more
        new = await run(slices.arrivals, owner_id=me.owner_id, shown=shown, more=more)
        if not new:
            return
        self._show([*new, *shown])
        self.counts = await run(folders.counts, owner_id=me.owner_id)
        self.total = self.counts.inbox
        self._tell_arrivals(new)

    def _tell_arrivals(self, arrived: Sequence[InboxMessage]) -> None:
        new = sum(not message.is_test for message in arrived)
        if new and self.folder == folders.Folder.INBOX:
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
            older = await run(slices.inbox, owner_id=me.owner_id, folder=self.folder, before=last)
            self._show_more(older.messages)
            self.more, self.total, self.counts = older.more, older.total, older.counts
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

    def _tell(self, sentence: str) -> None:
        """Tell screen readers, even if it's the same sentence again."""
        self.news = sentence
        self.times_told += 1

    async def _look(self, *, but: Collection[str] = ()) -> None:
        """Show the folder as it is now, and tell what has arrived since it was shown.

        Args:
            but: Messages that the owner has moved, which are no arrivals.
        """
        me = await visitor.signed_in(self)
        for topic in (topics.inbox_of(me.owner_id), topics.arrivals_of(me.owner_id)):
            current().hub.watch(topic, visitor.tab_of(self))
        owner = await run(people.owner, owner_id=me.owner_id)
        last = next(reversed(self._shown()), None)
        folder = await run(slices.inbox, owner_id=me.owner_id, folder=self.folder, down_to=last)
        self.me, self.link = owner.username, owner.link
        self.invitation, self.targets = sharing.invitation(), sharing.targets(owner.link)
        self.preview = sharing.preview(owner.username, called=owner.called)
        self.accepts_messages, self.paused_until = owner.accepts_messages, owner.paused_until
        self.more, self.total, self.counts = folder.more, folder.total, folder.counts
        known = {message.id for message in self._shown()} | set(but)
        self._show(folder.messages)
        if self._is_shown:
            self._tell_arrivals(arrived_among(known, folder.messages))
        self.loaded = self._is_shown = True
        await self._look_at_found(me.owner_id)

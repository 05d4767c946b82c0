"""The state of the frame around every page: who is signed in, and the notice to show."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.accounts import deletions
from anonmsg.services.sessions.sessions import SignedIn


class FrameState(rx.State):
    """The state that the header and the notice show."""

    audience: ClassVar[Audience] = Audience.EVERYONE

    signed_in: bool = False
    me: str = ""
    # What belongs to no field; the answer to an exception sets it in the page alone.
    notice: str = ""
    # Good news, and what the page that this tab is on its way to will say.
    news: str = ""
    next_news: str = ""
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Look up who opened the page."""
        if await visitor.is_new_page(self):
            self.notice, self.news, self.next_news = "", self.next_news, ""
        try:
            me = await visitor.signed_in(self)
        except NotSignedIn:
            self.me, self.signed_in = "", False
            return
        current().hub.watch(topics.sessions_of(me.owner_id), visitor.tab_of(self))
        self.me, self.signed_in = me.username, True

    @rx.event
    async def look_again(self) -> Any:
        """Check whether this tab was signed out, its account kept or its username changed."""
        person = await visitor.person_of(self)
        path = self.router.url.path.rstrip("/")
        if person is None:
            # A tab that ended the session itself already knows more.
            return None if self.notice else await self._end(path)
        if person.leaves_at is None:
            self.me = person.username
            was_asked = path == addresses.LEAVING.path and not self.next_news
            return await tell_that_it_is_kept(self) if was_asked else None
        return None

    async def _end(self, path: str) -> Any:
        """Say why this tab is signed out; an owner's page leads to the sign-in page."""
        self.me, self.signed_in = "", False
        leaves_at = await run(deletions.leaves_at_of_ended, session_id=visitor.session_of(self))
        is_owners = path in {*addresses.PATHS_FOR_OWNERS, addresses.LEAVING.path}
        if leaves_at is not None:
            self.notice = deletions.goodbye(leaves_at)
            return rx.redirect(addresses.SIGN_IN.path, replace=True) if is_owners else None
        self.notice = _("You've been signed out")
        return visitor.redirect_to_sign_in(path) if is_owners else None

    @rx.event
    async def leave_page(self) -> Any:
        """Go where the person behind this tab belongs: its page is no longer for them."""
        return await lead_away(self, await visitor.person_of(self))

    @rx.event
    def dismiss(self) -> None:
        """Dismiss the notice."""
        self.notice = ""


async def say_goodbye(state: rx.State, leaves_at: datetime) -> Any:
    """Empty a tab that has just ended its session, and say goodbye on the sign-in page.

    The push that follows finds the notice and leaves the tab alone: a second redirect
    would race with this one.
    """
    await visitor.reset_if_signed_out(state)
    (await state.get_state(FrameState)).notice = deletions.goodbye(leaves_at)
    return rx.redirect(addresses.SIGN_IN.path)


async def lead_away(state: rx.State, person: SignedIn | None) -> Any:
    """Lead a tab, whose event wasn't for the person behind it, to where they belong.

    The event may have been under way while another tab decided about the account, and
    then nobody else tells this one.
    """
    if person is None:
        leaves_at = await run(deletions.leaves_at_of_ended, session_id=visitor.session_of(state))
        if leaves_at is None:
            return visitor.redirect_to_sign_in()
        (await state.get_state(FrameState)).notice = deletions.goodbye(leaves_at)
        return rx.redirect(addresses.SIGN_IN.path, replace=True)
    if person.leaves_at is None and state.router.url.path.rstrip("/") == addresses.LEAVING.path:
        # The page was served while the account was about to be deleted.
        return await tell_that_it_is_kept(state)
    return visitor.redirect_from_owners(person)


async def tell_that_it_is_kept(state: rx.State) -> Any:
    """Open the inbox, and say there that the account stays."""
    (await state.get_state(FrameState)).next_news = deletions.kept()
    return rx.redirect(addresses.DASHBOARD.path, replace=True)

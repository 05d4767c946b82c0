"""The state of the frame around every page: who is signed in, and the notice to show."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current


class FrameState(rx.State):
    """The state that the header and the notice show."""

    audience: ClassVar[Audience] = Audience.EVERYONE

    signed_in: bool = False
    me: str = ""
    notice: str = ""
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Look up who opened the page."""
        if await visitor.is_new_page(self):
            self.notice = ""
        try:
            me = await visitor.signed_in(self)
        except NotSignedIn:
            self.me, self.signed_in = "", False
            return
        current().hub.watch(topics.sessions_of(me.owner_id), visitor.tab_of(self))
        self.me, self.signed_in = me.username, True

    @rx.event
    async def look_again(self) -> Any:
        """Check whether this browser was signed out elsewhere or the username has changed."""
        try:
            self.me = (await visitor.signed_in(self)).username
        except NotSignedIn:
            self.me, self.signed_in = "", False
            # If this tab ended the session itself, it already shows a more specific notice.
            self.notice = self.notice or _("You've been signed out")
            path = self.router.url.path.rstrip("/")
            return visitor.redirect_to_sign_in(path) if path in addresses.PATHS_FOR_OWNERS else None
        return None

    @rx.event
    def show_notice(self, sentence: Any) -> None:
        """Show a notice that belongs to no field."""
        self.notice = sentence if isinstance(sentence, str) else ""

    @rx.event
    def dismiss(self) -> None:
        """Dismiss the notice."""
        self.notice = ""

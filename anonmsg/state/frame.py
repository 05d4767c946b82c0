"""The frame around every page: who is signed in, and what must be told."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import guard
from anonmsg.errors import NotSignedIn


class FrameState(rx.State):
    """What the header knows."""

    signed_in: bool = False
    me: str = ""
    notice: str = ""
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Find out who opened the page."""
        if await guard.is_new_page(self):
            self.notice = ""
        try:
            self.me = (await guard.signed_in(self)).username
        except NotSignedIn:
            self.me = ""
        self.signed_in = bool(self.me)

    @rx.event
    def tell(self, sentence: Any) -> None:
        """Show a sentence that belongs to no field."""
        self.notice = sentence if isinstance(sentence, str) else ""

    @rx.event
    def dismiss(self) -> None:
        """Take the sentence away."""
        self.notice = ""

"""The public page, where anyone may leave a message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg import rules
from anonmsg.errors import AppError, NobodyHere
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.accounts import people
from anonmsg.services.inbox import messages, suggestions

# What a text is that the built page has a place for, where there is none.
NOTHING = " "


class PublicPageState(rx.State):
    """What a public page shows. No draft comes here before Send.

    The first values are the placeholders that the built page is made with.
    """

    owner: str = "someone"
    display_name: str = NOTHING
    bio: str = NOTHING
    inbox: str = "unknown"
    error: str = ""
    sent: bool = False
    busy: bool = False
    suggestions: list[str] = []
    _page: int = 0
    # The random keys of the message told as sent, and of the last one put away.
    _told: str = ""
    _put_away: str = ""

    @rx.event
    async def load(self) -> None:
        """Find out whose page it is and whether messages are accepted."""
        await self._turn_page()
        await self._look()

    @rx.event
    async def look_again(self) -> None:
        """See whether the inbox has been opened or closed meanwhile."""
        await self._look()

    @rx.event
    async def send(self, form: Any) -> AsyncIterator[Any]:
        """Leave the message."""
        await self._turn_page()
        typed = form if isinstance(form, dict) else {}
        self.error, self.busy = "", True
        yield
        try:
            await run(
                messages.send,
                username=self._asked_for(),
                content=typed.get("message"),
                key=typed.get("key"),
                network=visitor.network_of(self),
            )
            self._tell_sent(typed.get("key"))
        except AppError as refusal:
            # The box stays, with the draft in it, below the sentence.
            self.error = refusal.sentence
        finally:
            self.busy = False
            yield

    @rx.event
    async def another(self) -> None:
        """Show an empty box again."""
        await self._turn_page()
        self.sent, self.error = False, ""
        self._put_away = self._told

    @rx.event
    async def suggest(self) -> None:
        """Offer three openers, others than those on the screen."""
        await self._turn_page()
        shown = suggestions.some(instead_of=self.suggestions)
        self.suggestions = [_(sentence) for sentence in shown]

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.error, self.sent, self.busy, self.suggestions = "", False, False, []

    def _tell_sent(self, key: Any) -> None:
        """Say so, unless it is an echo of a message that was put away already.

        On a bad network one press may come several times, the last of them when
        the next message is being written.
        """
        if key and key == self._put_away:
            return
        self.sent, self.suggestions = True, []
        self._told = key if isinstance(key, str) else ""

    def _asked_for(self) -> str:
        path = self.router.url.path.rstrip("/")
        return path.rpartition("/")[2]

    async def _look(self) -> None:
        asked_for = self._asked_for()
        try:
            page = await run(people.page, username=asked_for)
        except NobodyHere:
            self.inbox = "missing"
            return
        current().hub.watch(topics.page_of(rules.username_key(asked_for)), visitor.tab_of(self))
        self.owner = page.username
        self.display_name, self.bio = page.display_name or NOTHING, page.bio or NOTHING
        self.inbox = "open" if page.accepts_messages else "closed"

"""The state of the public page, where anyone can leave a message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import rules
from anonmsg.addresses import Audience
from anonmsg.errors import AppError, InboxClosed, PageNotFound
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, glance, together
from anonmsg.services.accounts import page_lookup
from anonmsg.services.inbox import messages, suggestions
from anonmsg.services.inbox.messages import Draft

# Stands for an empty text: the built page needs a text node in its place.
NOTHING = " "
# What a ticked box sends, by React and by a form.
TICKED = (True, "yes")


class PublicPageState(FormState, rx.State):
    """The state of a public page. Drafts never reach it before **Send**.

    The default values are the placeholders in the built page.
    """

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = ("error", "sent", "suggestions")
    resets_on_open: ClassVar[bool] = True
    # A message is delivered even if the sender closes the tab right after **Send**.
    runs_after_close: ClassVar[frozenset[str]] = frozenset({"send"})

    owner: str = "someone"
    called: str = "somebody"
    prompt: str = NOTHING
    bio: str = NOTHING
    inbox: str = "unknown"
    reopens: str = NOTHING
    delivery: str = NOTHING
    error: str = ""
    sent: bool = False
    suggestions: list[str] = []
    # The retry keys of the last message confirmed as sent, and of the last one dismissed.
    _confirmed_key: str = ""
    _dismissed_key: str = ""

    @rx.event
    async def load(self) -> None:
        """Look up the owner and whether they accept messages."""
        await self._reset_if_new_page()
        await self._look()

    @rx.event
    async def look_again(self) -> None:
        """Check whether the inbox has been opened or closed."""
        await self._look()

    @rx.event
    async def send(self, form: Any) -> AsyncIterator[Any]:
        """Send the message."""

        async def leave(typed: Typed) -> None:
            draft = Draft(
                username=self._username_in_path(),
                content=typed.get("message"),
                key=typed.get("key"),
                network=visitor.network_of(self),
                later=typed.get("later") in TICKED,
            )
            await together(messages.send_all, draft)
            self._confirm_sent(typed.get("key"))

        await self._reset_if_new_page()
        self.error = ""
        async for step in self._answer(form, leave):
            yield step

    @rx.event
    async def another(self) -> None:
        """Show an empty box for another message."""
        await self._reset_if_new_page()
        self.sent, self.error = False, ""
        self._dismissed_key = self._confirmed_key

    @rx.event
    async def suggest(self) -> None:
        """Suggest three openers that aren't on the screen yet."""
        await self._reset_if_new_page()
        shown = suggestions.some(instead_of=self.suggestions)
        self.suggestions = [_(sentence) for sentence in shown]

    def _refuse(self, refusal: AppError) -> None:
        # The box keeps the draft. What is about the page is told at its top.
        if isinstance(refusal, InboxClosed):
            self.inbox, self.owner = "closed", refusal.username
            self.reopens = refusal.reopens or NOTHING
        elif isinstance(refusal, PageNotFound):
            self.inbox = "missing"
        else:
            self.error = refusal.sentence

    def _confirm_sent(self, key: Any) -> None:
        """Confirm that the message was sent, unless it's a retry of one already dismissed.

        On a bad network, one press can arrive several times, even after the
        sender has started the next message.
        """
        if key and key == self._dismissed_key:
            return
        self.sent, self.suggestions = True, []
        self._confirmed_key = key if isinstance(key, str) else ""

    def _username_in_path(self) -> str:
        path = self.router.url.path.rstrip("/")
        return path.rpartition("/")[2]

    async def _look(self) -> None:
        key = rules.username_key(self._username_in_path())
        page = await glance(page_lookup.page, key)
        if page is None:
            self.inbox = "missing"
            return
        current().hub.watch(topics.page_of(key), visitor.tab_of(self))
        self.owner, self.called = page.username, page.called
        self.prompt, self.bio = page.prompt or NOTHING, page.bio or NOTHING
        self.reopens, self.delivery = page.reopens or NOTHING, page.delivery or NOTHING
        self.inbox = "open" if page.accepts_messages else "closed"

"""The state that all forms on the settings page share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, ReauthenticationNeeded
from anonmsg.framework import visitor
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.services.sessions.sessions import SignedIn

Change = Callable[[SignedIn, Typed], Awaitable[str]]


class SettingFormState(FormState, rx.State, mixin=True):
    """A state that handles several named forms on the settings page.

    The keys of `errors` are the form's and the field's name, such as
    "username.username", because several forms share the page.

    Attributes:
        said_in: The one key in `said` for the results of all forms, or "".
        form: The form that is being handled, or was handled last.
        said: What was done, by form.
        needs_password: Whether the password has to be entered again.
    """

    audience: ClassVar[Audience] = Audience.OWNERS
    told: ClassVar[tuple[str, ...]] = ("form", "said", "needs_password")
    said_in: ClassVar[str] = ""

    form: str = ""
    said: dict[str, str] = {}
    needs_password: bool = False

    async def _carry_out(self, name: str, form: Any, change: Change) -> AsyncIterator[Any]:
        """Carry out a change and show the result under its form.

        Args:
            name: The form's name.
            form: The event's payload.
            change: Makes the change for the signed-in owner and returns the
                sentence to show.
        """
        me = await visitor.signed_in(self)

        async def changed(typed: Typed) -> None:
            self._say(name, await change(me, typed))

        await self._reset_if_new_page()
        self.form = name
        self._say(name, "")
        async for step in self._answer(form, changed):
            yield step
        await self._look()

    def _say(self, name: str, sentence: str) -> None:
        self.said = {self.said_in or name: sentence} if sentence else {}

    def _refuse(self, refusal: AppError) -> None:
        found = refusal.by_field()
        self.errors = {f"{self.form}.{field}": sentence for field, sentence in found.items()}
        self.needs_password = self.needs_password or refusal.is_about(ReauthenticationNeeded)

    async def _look(self) -> None:
        """Show the current settings."""

"""The settings page: the profile, the username, the address, and the browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import reflex as rx

from anonmsg import guard
from anonmsg.context import run
from anonmsg.errors import AppError, NotSignedIn, ProofNeeded
from anonmsg.locale import _
from anonmsg.public import Browser
from anonmsg.services import browsers, emails, profiles, resets
from anonmsg.services.sign_ins import SignedIn


class SettingsState(rx.State):
    """What the settings page shows.

    `errors` and `said` have the form's name before the field's, such as
    "username.username", because several forms stand on one page.
    """

    loaded: bool = False
    me: str = ""
    email: str = ""
    display_name: str = ""
    bio: str = ""
    link: str = ""
    browsers: list[Browser] = []
    errors: dict[str, str] = {}
    said: dict[str, str] = {}
    busy: str = ""
    needs_password: bool = False
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Show what is set."""
        if await guard.is_new_page(self):
            self.errors, self.said, self.busy, self.needs_password = {}, {}, "", False
        await self._look()

    @rx.event
    async def describe(self, form: Any) -> AsyncIterator[Any]:
        """Set the display name and the bio."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(
                profiles.describe,
                owner_id=me.owner_id,
                display_name=typed.get("display_name"),
                bio=typed.get("bio"),
            )
            return _("Saved")

        async for step in self._do("profile", form, change):
            yield step

    @rx.event
    async def rename(self, form: Any) -> AsyncIterator[Any]:
        """Take another username."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            name = await run(profiles.rename, owner_id=me.owner_id, username=typed.get("username"))
            return _("Your page is now {name}. The old link leads there for 30 days.").format(
                name=name
            )

        async for step in self._do("username", form, change):
            yield step

    @rx.event
    async def change_email(self, form: Any) -> AsyncIterator[Any]:
        """Mail a link to a new address."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(
                emails.ask,
                owner_id=me.owner_id,
                sign_in_id=me.sign_in_id,
                email=typed.get("email"),
                password=typed.get("password"),
            )
            self.needs_password = False
            return _("Open the link in the mail to the new address. Until then nothing changes.")

        async for step in self._do("email", form, change):
            yield step

    @rx.event
    async def change_password(self, form: Any) -> AsyncIterator[Any]:
        """Choose another password; every other browser is signed out."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(
                resets.change,
                owner_id=me.owner_id,
                sign_in_id=me.sign_in_id,
                current=typed.get("password"),
                new=typed.get("new_password"),
            )
            return _("Your password was changed. Other browsers were signed out.")

        async for step in self._do("password", form, change):
            yield step

    @rx.event
    async def end_browser(self, form: Any) -> AsyncIterator[Any]:
        """Sign one browser out."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(browsers.end, owner_id=me.owner_id, browser_id=typed.get("browser"))
            return _("That browser was signed out.")

        async for step in self._do("browsers", form, change):
            yield step

    @rx.event
    async def end_others(self) -> AsyncIterator[Any]:
        """Sign every other browser out."""

        async def change(me: SignedIn, _typed: dict[str, Any]) -> str:
            await run(browsers.end_others, owner_id=me.owner_id, sign_in_id=me.sign_in_id)
            return _("Every other browser was signed out.")

        async for step in self._do("browsers", {}, change):
            yield step

    async def _do(
        self,
        form: str,
        typed: Any,
        change: Callable[[SignedIn, dict[str, Any]], Awaitable[str]],
    ) -> AsyncIterator[Any]:
        """Change something, and say under its own form what came of it."""
        me = await guard.signed_in(self)
        self.errors, self.said, self.busy = {}, {}, form
        yield
        try:
            said = await change(me, typed if isinstance(typed, dict) else {})
            self.said = {form: said}
        except NotSignedIn:
            raise
        except AppError as refusal:
            found = refusal.by_field()
            self.errors = {f"{form}.{name}": sentence for name, sentence in found.items()}
            self.needs_password = self.needs_password or isinstance(refusal, ProofNeeded)
        finally:
            self.busy = ""
            yield
        await self._look()

    async def _look(self) -> None:
        me = await guard.signed_in(self)
        found = await run(profiles.profile, owner_id=me.owner_id)
        self.me, self.email, self.link = found.username, found.email, found.link
        self.display_name, self.bio = found.display_name, found.bio
        self.browsers = await run(
            browsers.signed_in, owner_id=me.owner_id, sign_in_id=me.sign_in_id
        )
        self.loaded = True

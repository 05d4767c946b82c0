"""The settings page: the profile, the username, the address, and the browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.settings.changes import carry_out
from anonmsg.public import Browser
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import email_changes, password_resets, profiles
from anonmsg.services.sessions import sessions
from anonmsg.services.sessions.sessions import SignedIn


class SettingsState(rx.State):
    """What the settings page shows; `errors` and `said` are by form, see `carry_out`."""

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
        await self._turn_page()
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

        async for step in carry_out(self, "profile", form, change):
            yield step

    @rx.event
    async def rename(self, form: Any) -> AsyncIterator[Any]:
        """Take another username."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            name = await run(profiles.rename, owner_id=me.owner_id, username=typed.get("username"))
            if name.lower() == me.username.lower():
                return _("Your page is {name}.").format(name=name)
            return _("Your page is now {name}. The old link leads there for 30 days.").format(
                name=name
            )

        async for step in carry_out(self, "username", form, change):
            yield step

    @rx.event
    async def change_email(self, form: Any) -> AsyncIterator[Any]:
        """Mail a link to a new address."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(
                email_changes.ask,
                owner_id=me.owner_id,
                session_id=me.session_id,
                email=typed.get("email"),
                password=typed.get("password"),
            )
            self.needs_password = False
            return _("Open the link in the mail to the new address. Until then nothing changes.")

        async for step in carry_out(self, "email", form, change):
            yield step

    @rx.event
    async def change_password(self, form: Any) -> AsyncIterator[Any]:
        """Choose another password; every other browser is signed out."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(
                password_resets.change,
                owner_id=me.owner_id,
                session_id=me.session_id,
                current=typed.get("password"),
                new=typed.get("new_password"),
            )
            return _("Your password was changed. Other browsers were signed out.")

        async for step in carry_out(self, "password", form, change):
            yield step

    @rx.event
    async def end_browser(self, form: Any) -> AsyncIterator[Any]:
        """Sign one browser out."""

        async def change(me: SignedIn, typed: dict[str, Any]) -> str:
            await run(sessions.end, owner_id=me.owner_id, browser_id=typed.get("browser"))
            return _("That browser was signed out.")

        async for step in carry_out(self, "browsers", form, change):
            yield step

    @rx.event
    async def end_others(self) -> AsyncIterator[Any]:
        """Sign every other browser out."""

        async def change(me: SignedIn, _typed: dict[str, Any]) -> str:
            await run(sessions.end_others, owner_id=me.owner_id, session_id=me.session_id)
            return _("Every other browser was signed out.")

        async for step in carry_out(self, "browsers", {}, change):
            yield step

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.errors, self.said, self.busy, self.needs_password = {}, {}, "", False

    def _say(self, form: str, sentence: str) -> None:
        self.said = {form: sentence} if sentence else {}

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        found = await run(profiles.profile, owner_id=me.owner_id)
        self.me, self.email, self.link = found.username, found.email, found.link
        self.display_name, self.bio = found.display_name, found.bio
        self.browsers = await run(
            sessions.signed_in, owner_id=me.owner_id, session_id=me.session_id
        )
        self.loaded = True

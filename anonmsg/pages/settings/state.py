"""The state of the settings page: profile, username, email, password and browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import rules
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import Typed
from anonmsg.pages.settings.setting_form_state import SettingFormState
from anonmsg.pages.username_check_state import UsernameCheckState
from anonmsg.public import BrowserSession
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.accounts import email_changes, password_resets, profiles
from anonmsg.services.sessions import sessions
from anonmsg.services.sessions.sessions import SignedIn


class SettingsState(SettingFormState, UsernameCheckState, rx.State):
    """The state of the settings page; see `SettingFormState` for its forms.

    Attributes:
        new_username: The username that the owner is asked about before it changes.
    """

    told: ClassVar[tuple[str, ...]] = (
        *SettingFormState.told,
        *UsernameCheckState.checks,
        "new_username",
    )

    loaded: bool = False
    me: str = ""
    email: str = ""
    display_name: str = ""
    prompt: str = ""
    bio: str = ""
    link: str = ""
    new_username: str = ""
    sessions: list[BrowserSession] = []

    @rx.event
    async def load(self) -> None:
        """Show the current settings."""
        await self._reset_if_new_page()
        await self._look()

    @rx.event
    async def describe(self, form: Any) -> AsyncIterator[Any]:
        """Set the display name, the prompt and the bio."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(
                profiles.describe,
                owner_id=me.owner_id,
                display_name=typed.get("display_name"),
                prompt=typed.get("prompt"),
                bio=typed.get("bio"),
            )
            return _("Saved")

        async for step in self._carry_out("profile", form, change):
            yield step

    @rx.event
    async def check_username(self, value: Any) -> AsyncIterator[Any]:
        """Show whether a username is available while it's being typed."""
        me = await visitor.signed_in(self)

        async def check() -> None:
            await run(
                profiles.check_rename,
                owner_id=me.owner_id,
                username=value,
                network=visitor.network_of(self),
            )

        await self._reset_if_new_page()
        # The check of a fast typist's last key comes after the question.
        if rules.text(value).strip() != self.new_username:
            self.new_username = ""
        async for step in self._check(value, check):
            yield step

    @rx.event
    async def rename(self, form: Any) -> AsyncIterator[Any]:
        """Ask whether to change the username; another spelling of the same one is just kept."""

        async def change(me: SignedIn, typed: Typed) -> str:
            username = typed.get("username")
            self.new_username = await run(
                profiles.check_rename, owner_id=me.owner_id, username=username
            )
            return "" if self.new_username else await self._rename(me, username)

        async for step in self._carry_out("username", form, change):
            yield step

    @rx.event
    async def confirm_rename(self) -> AsyncIterator[Any]:
        """Change the username to the one that the owner was asked about."""

        async def change(me: SignedIn, _typed: Typed) -> str:
            username, self.new_username = self.new_username, ""
            return await self._rename(me, username)

        await visitor.signed_in(self)
        if not self.new_username:
            # The second press of a double click.
            return
        async for step in self._carry_out("username", {}, change):
            yield step

    @rx.event
    async def cancel_rename(self) -> None:
        """Keep the username."""
        await visitor.signed_in(self)
        self.new_username = ""

    async def _rename(self, me: SignedIn, username: object) -> str:
        name = await run(profiles.rename, owner_id=me.owner_id, username=username)
        self.username_note = ""
        if name.lower() == me.username.lower():
            return _("Your page is {name}.").format(name=name)
        return _("Your page is now {name}. The old link redirects for 30 days.").format(name=name)

    @rx.event
    async def change_email(self, form: Any) -> AsyncIterator[Any]:
        """Email a confirmation link to the new address."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run_hashing(
                email_changes.request,
                Share.of_account(me.owner_id),
                owner_id=me.owner_id,
                session_id=me.session_id,
                email=typed.get("email"),
                password=typed.get("password"),
            )
            self.needs_password = False
            return _("Open the link in the email to your new address. Nothing changes until then.")

        async for step in self._carry_out("email", form, change):
            yield step

    @rx.event
    async def change_password(self, form: Any) -> AsyncIterator[Any]:
        """Change the password and sign out every other browser."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run_hashing(
                password_resets.change,
                Share.of_account(me.owner_id),
                owner_id=me.owner_id,
                session_id=me.session_id,
                current=typed.get("password"),
                new=typed.get("new_password"),
            )
            return _("Your password is changed. Other browsers are signed out.")

        async for step in self._carry_out("password", form, change):
            yield step

    @rx.event
    async def end_session(self, form: Any) -> AsyncIterator[Any]:
        """Sign out one browser."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(sessions.end, owner_id=me.owner_id, session_id=typed.get("session"))
            return _("That browser is signed out.")

        async for step in self._carry_out("sessions", form, change):
            yield step

    @rx.event
    async def end_other_sessions(self) -> AsyncIterator[Any]:
        """Sign out every other browser."""

        async def change(me: SignedIn, _typed: Typed) -> str:
            await run(sessions.end_others, owner_id=me.owner_id, session_id=me.session_id)
            return _("Every other browser is signed out.")

        async for step in self._carry_out("sessions", {}, change):
            yield step

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        found = await run(profiles.profile, owner_id=me.owner_id)
        self.me, self.email, self.link = found.username, found.email, found.link
        self.display_name, self.prompt, self.bio = found.display_name, found.prompt, found.bio
        self.sessions = await run(
            sessions.list_active, owner_id=me.owner_id, session_id=me.session_id
        )
        self.loaded = True

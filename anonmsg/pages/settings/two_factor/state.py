"""Two-step sign-in, as the settings page shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import quote

import reflex as rx

from anonmsg.errors import TwoFactorChanged
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import Typed
from anonmsg.pages.settings.setting_form_state import SettingFormState
from anonmsg.pictures import qr
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.sessions import two_factor
from anonmsg.services.sessions.sessions import SignedIn


class TwoFactorState(SettingFormState, rx.State):
    """Whether it is on, and what is shown once while it is set up.

    The secret and the recovery codes are here from when they are made until
    the person is done with them, or opens a page anew.
    """

    loaded: bool = False
    is_on: bool = False
    codes_left: int = 0
    # One place says what came of any of the section's forms.
    said_in: ClassVar[str] = "two-factor"
    # The secret in groups of four, the link that an app opens, and both as a picture.
    secret: str = ""
    app_link: str = ""
    picture: str = ""
    # The recovery codes, one a line, and the same as the address of a file.
    codes: str = ""
    codes_file: str = ""

    @rx.event
    async def load(self) -> None:
        """Show whether it is on."""
        await self._turn_page()
        await self._look()

    @rx.event
    async def begin(self, form: Any) -> AsyncIterator[Any]:
        """Show the secret that an authenticator app is set up with."""

        async def change(me: SignedIn, typed: Typed) -> str:
            setup = await run_hashing(two_factor.begin, **_by(me), password=typed.get("password"))
            groups = range(0, len(setup.secret), 4)
            self.secret = " ".join(setup.secret[at : at + 4] for at in groups)
            self.app_link, self.picture = setup.link, qr.data_uri(setup.link)
            self.needs_password = False
            return ""

        async for step in self._carry_out("two-factor-begin", form, change):
            yield step

    @rx.event
    async def turn_on(self, form: Any) -> AsyncIterator[Any]:
        """Turn it on with the app's first code, and show the recovery codes."""
        # Sent twice at once: the codes that are on the screen are the right ones.
        if self.is_on:
            return

        async def change(me: SignedIn, typed: Typed) -> str:
            codes = await run_hashing(
                two_factor.turn_on,
                **_by(me),
                code=typed.get("code"),
                password=typed.get("password"),
            )
            self._show(codes)
            return _("Two-step sign-in is on.")

        async for step in self._carry_out("two-factor-turn-on", form, change):
            yield step

    @rx.event
    async def renew_codes(self, form: Any) -> AsyncIterator[Any]:
        """Show new recovery codes."""

        async def change(me: SignedIn, typed: Typed) -> str:
            codes = await run_hashing(
                two_factor.new_recovery_codes, **_by(me), password=typed.get("password")
            )
            self._show(codes)
            return _("These are your new recovery codes. The old ones do not work any more.")

        async for step in self._carry_out("two-factor-renew", form, change):
            yield step

    @rx.event
    async def turn_off(self, form: Any) -> AsyncIterator[Any]:
        """Let the password alone sign in again."""

        async def change(me: SignedIn, typed: Typed) -> str:
            # What is off already is what was asked for.
            with suppress(TwoFactorChanged):
                await run_hashing(two_factor.turn_off, **_by(me), password=typed.get("password"))
            self._hide()
            self.needs_password = False
            return _("Two-step sign-in is off.")

        async for step in self._carry_out("two-factor-turn-off", form, change):
            yield step

    @rx.event
    async def done(self) -> None:
        """Take the secret and the codes off the screen."""
        # What was said is about the codes, which go.
        self._say(self.form, _("Nothing was changed.") if self.secret else "")
        self._hide()
        self.errors = {}
        await self._look()

    def _forget(self) -> None:
        super()._forget()
        self._hide()

    def _show(self, codes: list[str]) -> None:
        self._hide()
        self.needs_password = False
        self.codes = "\n".join(codes)
        self.codes_file = f"data:text/plain;charset=utf-8,{quote(self.codes)}"

    def _hide(self) -> None:
        self.secret = self.app_link = self.picture = ""
        self.codes = self.codes_file = ""

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        found = await run(two_factor.state, owner_id=me.owner_id)
        self.is_on, self.codes_left = found.is_on, found.codes_left
        self.loaded = True


def _by(me: SignedIn) -> dict[str, str]:
    return {"owner_id": me.owner_id, "session_id": me.session_id}

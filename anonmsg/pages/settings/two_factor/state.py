"""The state of the settings page's two-factor section."""

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
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.sessions import two_factor
from anonmsg.services.sessions.sessions import SignedIn


class TwoFactorState(SettingFormState, rx.State):
    """Whether two-factor is on, and what is shown only once during setup.

    The secret and the recovery codes stay here from the moment they're generated
    until the owner presses **Done** or **Cancel**, or opens another page.
    """

    loaded: bool = False
    is_on: bool = False
    codes_left: int = 0
    # All forms in the section show their results in one place.
    said_in: ClassVar[str] = "two-factor"
    # The secret in groups of four, the link that opens an app, and its QR code.
    secret: str = ""
    app_link: str = ""
    picture: str = ""
    # The recovery codes, one per line, and the same text as a data URL to download.
    codes: str = ""
    codes_file: str = ""

    @rx.event
    async def load(self) -> None:
        """Show whether two-factor is on."""
        await self._reset_if_new_page()
        await self._look()

    @rx.event
    async def begin(self, form: Any) -> AsyncIterator[Any]:
        """Show the secret for setting up an authenticator app."""

        async def change(me: SignedIn, typed: Typed) -> str:
            setup = await run_hashing(
                two_factor.begin,
                Share.of_account(me.owner_id),
                **_by(me),
                password=typed.get("password"),
            )
            groups = range(0, len(setup.secret), 4)
            self.secret = " ".join(setup.secret[at : at + 4] for at in groups)
            self.app_link, self.picture = setup.link, qr.data_uri(setup.link)
            self.needs_password = False
            return ""

        async for step in self._carry_out("two-factor-begin", form, change):
            yield step

    @rx.event
    async def turn_on(self, form: Any) -> AsyncIterator[Any]:
        """Turn two-factor on with the app's first code and show the recovery codes."""
        # On a double submit, the codes already on the screen are the valid ones.
        if self.is_on:
            return

        async def change(me: SignedIn, typed: Typed) -> str:
            codes = await run_hashing(
                two_factor.turn_on,
                Share.of_account(me.owner_id),
                **_by(me),
                code=typed.get("code"),
                password=typed.get("password"),
            )
            self._show(codes)
            return _("Two-factor sign-in is on.")

        async for step in self._carry_out("two-factor-turn-on", form, change):
            yield step

    @rx.event
    async def renew_codes(self, form: Any) -> AsyncIterator[Any]:
        """Show new recovery codes."""

        async def change(me: SignedIn, typed: Typed) -> str:
            codes = await run_hashing(
                two_factor.new_recovery_codes,
                Share.of_account(me.owner_id),
                **_by(me),
                password=typed.get("password"),
            )
            self._show(codes)
            return _("Here are your new recovery codes. The old ones no longer work.")

        async for step in self._carry_out("two-factor-renew", form, change):
            yield step

    @rx.event
    async def turn_off(self, form: Any) -> AsyncIterator[Any]:
        """Turn two-factor off, so the password alone is enough again."""

        async def change(me: SignedIn, typed: Typed) -> str:
            # If it's already off, there's nothing left to do.
            with suppress(TwoFactorChanged):
                await run_hashing(
                    two_factor.turn_off,
                    Share.of_account(me.owner_id),
                    **_by(me),
                    password=typed.get("password"),
                )
            self._hide()
            self.needs_password = False
            return _("Two-factor sign-in is off.")

        async for step in self._carry_out("two-factor-turn-off", form, change):
            yield step

    @rx.event
    async def done(self) -> None:
        """Clear the secret and the codes from the screen."""
        # The last result was about the codes, which are being cleared.
        self._say(self.form, _("Nothing changed.") if self.secret else "")
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

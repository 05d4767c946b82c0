"""The sign-up page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg import addresses, rules
from anonmsg.errors import AppError, InvalidUsername
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import sign_ups


class SignUpState(rx.State):
    """What the sign-up form shows."""

    errors: dict[str, str] = {}
    username_note: str = ""
    username_fine: bool = False
    checking: bool = False
    busy: bool = False
    _page: int = 0
    # The random id by which this browser, and no other, may enter its code.
    browser: str = rx.LocalStorage("", name="sign_up")
    # What the refusal under the username is about; it goes once another is typed.
    _refused_username: str = ""

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await self._turn_page()

    @rx.event
    async def check_username(self, value: Any) -> AsyncIterator[Any]:
        """Tell while typing whether the username may be had."""
        await self._turn_page()
        self.username_note, self.username_fine = "", False
        if "username" in self.errors and value != self._refused_username:
            self.errors = {k: v for k, v in self.errors.items() if k != "username"}
        if not rules.text(value):
            return
        self.checking = True
        yield
        try:
            await run(
                sign_ups.check_username,
                username=value,
                browser=self.browser,
                network=visitor.network_of(self),
            )
            self.username_note, self.username_fine = _("Username is available"), True
        except InvalidUsername as refusal:
            self.username_note = refusal.sentence if len(rules.text(value)) > 1 else ""
        except AppError as refusal:
            self.username_note = refusal.sentence
        finally:
            self.checking = False
            yield

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Begin the sign-up and go to where the code is entered."""
        await self._turn_page()
        self.errors, self.busy = {}, True
        yield
        try:
            typed = form if isinstance(form, dict) else {}
            self.browser = await run(
                sign_ups.sign_up,
                username=typed.get("username"),
                email=typed.get("email"),
                password=typed.get("password"),
                browser=self.browser,
                network=visitor.network_of(self),
            )
            yield rx.redirect(addresses.VERIFY.path)
        except AppError as refusal:
            self.errors = refusal.by_field()
            self._refused_username = rules.text(typed.get("username"))
        finally:
            self.busy = False
            yield

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.errors, self.busy, self.checking = {}, False, False
            self.username_note, self.username_fine = "", False

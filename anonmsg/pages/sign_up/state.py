"""The state of the sign-up page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses, rules
from anonmsg.addresses import Audience
from anonmsg.framework import visitor
from anonmsg.pages.form_state import Typed
from anonmsg.pages.username_check_state import UsernameCheckState
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.accounts import sign_ups


class SignUpState(UsernameCheckState, rx.State):
    """The state of the sign-up form."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = UsernameCheckState.checks

    # The random id that lets only this browser enter the code.
    browser: str = rx.LocalStorage("", name="sign_up")
    # Whether the page that takes the code has yet to say so.
    has_just_begun: bool = False
    # The username that was refused; its error clears once a different one is typed.
    _refused_username: str = ""

    @rx.event
    async def load(self) -> None:
        """Start with an empty form."""
        await self._reset_if_new_page()

    @rx.event
    async def check_username(self, value: Any) -> AsyncIterator[Any]:
        """Show whether the username is available while it's being typed."""

        async def check() -> None:
            await run(
                sign_ups.check_username,
                username=value,
                browser=self.browser,
                network=visitor.network_of(self),
            )

        await self._reset_if_new_page()
        if "username" in self.errors and value != self._refused_username:
            self.errors = {k: v for k, v in self.errors.items() if k != "username"}
        async for step in self._check(value, check):
            yield step

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Start the sign-up and redirect to the page that takes the code."""

        async def sign_up(typed: Typed) -> Any:
            self._refused_username = rules.text(typed.get("username"))
            self.browser = await run_hashing(
                sign_ups.sign_up,
                Share.of_network(visitor.network_of(self)),
                username=typed.get("username"),
                email=typed.get("email"),
                password=typed.get("password"),
                browser=self.browser,
                network=visitor.network_of(self),
            )
            self.has_just_begun = True
            return rx.redirect(addresses.VERIFY.path)

        async for step in self._answer(form, sign_up):
            yield step

"""The check of a username while it's being typed, for every form that takes one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from anonmsg import rules
from anonmsg.errors import AppError, InvalidUsername
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState


class UsernameCheckState(FormState, rx.State, mixin=True):
    """A form's state that comments on a username while it's being typed.

    Attributes:
        checks: The vars of the check, which a form resets on each page.
        checking: Whether the check is running.
        username_note: What it found, or "".
        username_fine: Whether the username is available.
    """

    checks: ClassVar[tuple[str, ...]] = ("checking", "username_note", "username_fine")

    username_note: str = ""
    username_fine: bool = False
    checking: bool = False

    async def _check(self, value: Any, check: Callable[[], Awaitable[Any]]) -> AsyncIterator[Any]:
        """Run the check and show what it found.

        Args:
            value: The username as typed so far.
            check: Raises the refusal of a username that isn't available.
        """
        self.username_note, self.username_fine = "", False
        if not rules.text(value):
            return
        self.checking = True
        yield
        try:
            await check()
            self.username_note, self.username_fine = _("Username is available"), True
        except InvalidUsername as refusal:
            self.username_note = refusal.sentence if len(rules.text(value)) > 1 else ""
        except AppError as refusal:
            self.username_note = refusal.sentence
        finally:
            self.checking = False
            yield

"""What the states of all forms have in common: one answer at a time, and a fresh start a page.

Reflex keeps a tab's state from page to page, and runs a page's load handlers
again when a lost socket comes back. So what a form was told is forgotten at
the first event of the next page, whichever event that is, and stays otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor

Typed = dict[str, Any]


class FormState(rx.State, mixin=True):
    """A state that answers forms.

    Attributes:
        told: The vars, beside `errors` and `busy`, that begin again on each page.
        begins_with_page: Whether they do so as soon as a page opens, before its
            first event: what they show would be seen to go.
        errors: What is wrong, by field; "form" is what concerns no one field.
        busy: Whether an answer is awaited.
    """

    told: ClassVar[tuple[str, ...]] = ()
    begins_with_page: ClassVar[bool] = False

    errors: dict[str, str] = {}
    busy: bool = False
    _page: int = 0

    async def _turn_page(self) -> bool:
        """Forget what an earlier page was told; every handler of a form calls this first.

        Returns:
            Whether the page is new to this state.
        """
        is_new = await visitor.is_new_page(self)
        if is_new:
            self._forget()
        return is_new

    def _forget(self) -> None:
        """Give each var that tells something its first value."""
        fields = type(self).get_fields()
        for name in ("errors", "busy", *self.told):
            setattr(self, name, fields[name].default_value())

    async def _answer(
        self, form: Any, change: Callable[[Typed], Awaitable[Any]]
    ) -> AsyncIterator[Any]:
        """Carry out a form: busy while it takes, and a refusal under its field.

        Args:
            form: What came with the event; anything but a dictionary is empty.
            change: Does it with the form's fields; an event that it returns,
                such as a redirect, is passed on.
        """
        await self._turn_page()
        self.errors, self.busy = {}, True
        yield
        try:
            if (event := await change(form if isinstance(form, dict) else {})) is not None:
                yield event
        except NotSignedIn:
            raise
        except AppError as refusal:
            self._refuse(refusal)
        finally:
            # An exception sends no delta of its own, so the flag goes out with this yield.
            self.busy = False
            yield

    def _refuse(self, refusal: AppError) -> None:
        """Show why a form was refused."""
        self.errors = refusal.by_field()

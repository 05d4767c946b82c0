"""The state that all forms share: one answer at a time, reset on each new page.

Reflex keeps a tab's state across pages, and runs a page's load handlers again
when a lost socket reconnects. So a form is reset by the first event of the next
page, whichever event that is, and by nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor

Typed = dict[str, Any]


class FormState(rx.State, mixin=True):
    """A state that handles forms.

    Attributes:
        told: The vars to reset on each page, besides `errors` and `busy`.
        resets_on_open: Whether to reset them as soon as a page opens. Waiting
            for its first event would let old content flash on the screen.
        errors: The errors by field; "form" holds the one that belongs to no field.
        busy: Whether the form is waiting for an answer.
    """

    told: ClassVar[tuple[str, ...]] = ()
    resets_on_open: ClassVar[bool] = False

    errors: dict[str, str] = {}
    busy: bool = False
    _page: int = 0

    async def _reset_if_new_page(self) -> bool:
        """Reset the form if a new page has opened; every form handler calls this first.

        Returns:
            Whether the page is new to this state.
        """
        is_new = await visitor.is_new_page(self)
        if is_new:
            self._forget()
        return is_new

    def _forget(self) -> None:
        """Reset the errors, the busy flag and the vars in `told` to their defaults."""
        fields = type(self).get_fields()
        for name in ("errors", "busy", *self.told):
            setattr(self, name, fields[name].default_value())

    async def _answer(
        self, form: Any, change: Callable[[Typed], Awaitable[Any]]
    ) -> AsyncIterator[Any]:
        """Handle a submitted form: busy while it runs, with errors shown under their fields.

        Args:
            form: The event's payload; anything but a dictionary counts as empty.
            change: Runs with the form's fields. It may return an event to pass
                on, such as a redirect.
        """
        await self._reset_if_new_page()
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
            # An exception sends no state update, so this yield sends the cleared flag.
            self.busy = False
            yield

    def _refuse(self, refusal: AppError) -> None:
        """Show why the form was refused."""
        self.errors = refusal.by_field()

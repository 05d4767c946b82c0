"""How every form of the settings page is carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

from anonmsg.errors import AppError, NotSignedIn, ReauthenticationNeeded
from anonmsg.framework import visitor
from anonmsg.services.sessions.sessions import SignedIn

Change: TypeAlias = "Callable[[SignedIn, dict[str, Any]], Awaitable[str]]"


async def carry_out(state: Any, form: str, typed: Any, change: Change) -> AsyncIterator[None]:
    """Change something, and say under its own form what came of it.

    Args:
        state: A state with the vars `errors`, `busy` and `needs_password`, and
            the methods `_turn_page()`, `_say(form, sentence)` and `_look()`. A
            field's sentence goes into `errors` with the form's name before the field's, such as
            "username.username", because several forms stand on one page.
        form: The form's name.
        typed: What came with the event; anything but a dictionary is empty.
        change: Does it for whoever is signed in, and returns what to say.
    """
    me = await visitor.signed_in(state)
    await state._turn_page()
    state.errors, state.busy = {}, form
    state._say(form, "")
    yield
    try:
        state._say(form, await change(me, typed if isinstance(typed, dict) else {}))
    except NotSignedIn:
        raise
    except AppError as refusal:
        found = refusal.by_field()
        state.errors = {f"{form}.{name}": sentence for name, sentence in found.items()}
        state.needs_password = state.needs_password or isinstance(refusal, ReauthenticationNeeded)
    finally:
        state.busy = ""
        yield
    await state._look()

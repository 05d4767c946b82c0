"""Keeps the state of open tabs alive, however long they stay idle.

Reflex expires a state some time after its last event. Typing sends no events,
so a tab could outlive its state and lose what it had been showing at the next
click.
"""

from __future__ import annotations

import asyncio
from typing import Any

from reflex.istate.manager.token import BaseStateToken

from anonmsg.config import STATE_LIVES


async def keep_open_tabs(app: Any, *, every: float = STATE_LIVES / 3) -> None:
    """Touch the state of every connected tab, for as long as the app runs.

    Args:
        app: The Reflex app.
        every: The interval in seconds.
    """
    while True:
        await asyncio.sleep(every)
        for token in list(app.event_namespace.token_to_sid):
            kept = BaseStateToken(ident=token, cls=app._state)
            async with app.state_manager.modify_state(kept):
                pass

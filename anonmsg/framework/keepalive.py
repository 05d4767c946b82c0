"""Keeps the states of open tabs, however long nobody touches them.

Reflex forgets a state some time after its last event. No event leaves a page
while somebody writes, so a tab could outlive its state, and what it was told
before would be gone at the next click.
"""

from __future__ import annotations

import asyncio
from typing import Any

from reflex.istate.manager.token import BaseStateToken

from anonmsg.config import STATE_LIVES


async def keep_open_tabs(app: Any, *, every: float = STATE_LIVES / 3) -> None:
    """Touch the state of each tab whose socket is open, for as long as the app runs.

    Args:
        app: The Reflex app.
        every: Seconds between two rounds.
    """
    while True:
        await asyncio.sleep(every)
        for token in list(app.event_namespace.token_to_sid):
            kept = BaseStateToken(ident=token, cls=app._state)
            async with app.state_manager.modify_state(kept):
                pass

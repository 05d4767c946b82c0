"""Keeps the state of open tabs alive, however long they stay idle.

Reflex expires a state some time after its last event. Typing sends no events,
so a tab could outlive its state and lose what it had been showing at the next
click.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from reflex.istate.manager.token import BaseStateToken

from anonmsg.config import STATE_LIVES
from anonmsg.framework.sealed_states import SealedStates
from anonmsg.framework.tab_records import RENEW_SECONDS, TabRecords
from anonmsg.runtime.shared.redis_link import RedisAway

KEPT_TOGETHER = 100


async def keep_open_tabs(app: Any, *, every: float = STATE_LIVES / 3) -> None:
    """Touch the state of every connected tab, for as long as the app runs.

    Args:
        app: The Reflex app.
        every: The interval in seconds.
    """
    while True:
        await asyncio.sleep(every)
        tokens = list(app.event_namespace.token_to_sid)
        if isinstance(app.state_manager, SealedStates):
            await _keep_shared(app.state_manager, tokens)
            continue
        for token in tokens:
            kept = BaseStateToken(ident=token, cls=app._state)
            async with app.state_manager.modify_state(kept):
                pass


async def _keep_shared(manager: SealedStates, tokens: list[str]) -> None:
    """Keep all keys of each tab together: Redis would forget those that no event touches."""
    with contextlib.suppress(RedisAway):
        for start in range(0, len(tokens), KEPT_TOGETHER):
            await manager.keep(tokens[start:][:KEPT_TOGETHER])


async def keep_records(app: Any, *, every: float = RENEW_SECONDS) -> None:
    """Keep the records of this process's tabs in Redis, if there are any.

    Args:
        app: The Reflex app.
        every: The interval in seconds.
    """
    records = app.event_namespace._token_manager
    while isinstance(records, TabRecords):
        await asyncio.sleep(every)
        with contextlib.suppress(RedisAway):
            await records.renew()

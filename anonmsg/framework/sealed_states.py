"""Tabs' states in Redis, sealed: for several processes, any of which may serve a tab.

Reflex stores pickles, which hold an inbox's messages, and whoever can write to Redis could
run code here. So each is sealed by AES-GCM, bound to its key's name, and one that doesn't
open counts as missing. A tab's token names neither its keys nor its record in the clear:
whoever presents one is given its state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken

from anonmsg.config import STATE_LIVES, Settings
from anonmsg.framework.tab_records import TabRecords
from anonmsg.runtime.shared.redis_link import RedisLink
from anonmsg.runtime.shared.state_seals import StateSeals

# Longer than any handler lasts, the wait for a hash included: a lock that ends before its
# handler loses what the handler has set.
LOCK_MS, LOCK_WARNING_MS = 30_000, 10_000


def share_states(app: Any, settings: Settings, link: RedisLink) -> None:
    """Let an app keep its tabs' states and records in Redis; Reflex has no setting for ours."""
    app._state_manager = SealedStates.of(settings, link)
    app.event_namespace._token_manager = TabRecords(link)


class HiddenToken(BaseStateToken):
    """A tab's token as Redis may know it."""


class SealedStates(StateManagerRedis):
    """Reflex's own manager with sealed values and hidden names."""

    _link: RedisLink
    _seals: StateSeals

    @classmethod
    def of(cls, settings: Settings, link: RedisLink) -> SealedStates:
        """Make the manager; nothing connects yet."""
        seals = StateSeals(settings)
        opening: Any = Opening(link, seals)
        made = cls(
            redis=opening,
            token_expiration=STATE_LIVES,
            lock_expiration=LOCK_MS,
            lock_warning_threshold=LOCK_WARNING_MS,
        )
        made._link, made._seals = link, seals
        return made

    def _coerce_token(self, token: Any) -> Any:  # type: ignore[override]
        if isinstance(token, HiddenToken) or not isinstance(token, BaseStateToken):
            return token
        return HiddenToken(ident=self._link.hashed("tab", token.ident), cls=token.cls)

    def _collect_state_writes(self, token: Any, base_state: Any) -> list[tuple[str, bytes]]:
        writes = super()._collect_state_writes(token, base_state)
        return [(key, self._seals.close(token.ident, key, value)) for key, value in writes]

    async def keep(self, tokens: Sequence[str]) -> None:
        """Keep all states of open tabs for as long as if each had just been written.

        Raises:
            RedisAway: Redis can't be used now.
        """
        with self._link.using():
            pipe = self._link.loop.pipeline(transaction=False)
            for ident in tokens:
                token = self._coerce_token(BaseStateToken(ident=ident, cls=rx.State))
                for state in self._get_required_state_classes(rx.State, subclasses=True):
                    pipe.expire(token._state_key(state), self.token_expiration)
            await pipe.execute()


class Opening:
    """A client that opens the states it reads."""

    def __init__(self, link: RedisLink, seals: StateSeals) -> None:
        """Wrap the link's client for the event loop."""
        self._client, self._seals = link.loop, seals
        self._subscriber = link.subscriber()

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the client does."""
        return getattr(self._client, name)

    def pubsub(self) -> Any:
        """Return a subscription, whose connection may be silent for long."""
        return self._subscriber.pubsub()

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """Read values, those that don't open as missing."""
        found = await self._client.mget(keys)
        return [self._opened(*each) for each in zip(keys, found, strict=True)]

    def _opened(self, key: str, value: bytes | None) -> bytes | None:
        if value is None:
            return None
        return self._seals.open(key.partition("_")[0], key, value)

    async def aclose(self, **_options: Any) -> None:
        """Close the subscription; whoever made the client closes it."""
        await self._subscriber.aclose()

"""Which process holds a tab's socket, so that no two tabs share a token across processes.

A browser that duplicates a tab copies its token, too. Reflex's own records would remain a
quarter of an hour after a process was killed, and all its tabs would lose their states.
"""

from __future__ import annotations

from uuid import uuid4

from reflex.utils.token_manager import LocalTokenManager, SocketRecord

from anonmsg.runtime.shared.redis_link import RedisAway, RedisLink

RENEW_SECONDS = 30.0
LIVES_SECONDS = 90
# Keys: a record. Arguments: the process that may delete it.
DELETE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
"""


class TabRecords(LocalTokenManager):
    """The tabs of this process, each with a record in Redis; in memory while it's away."""

    def __init__(self, link: RedisLink) -> None:
        """Start with no tabs.

        Args:
            link: The connection to Redis.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self._link = link

    async def link_token_to_sid(self, token: str, sid: str) -> str | None:
        """Link a tab's token to a socket; return another token if the tab has a twin."""
        known = self.token_to_socket.get(token)
        if known is not None and known.sid == sid:
            return None
        if known is None and await self._claims(token):
            return await super().link_token_to_sid(token, sid)
        other = str(uuid4())
        self.token_to_socket[other] = SocketRecord(instance_id=self.instance_id, sid=sid)
        self.sid_to_token[sid] = other
        await self._claims(other)
        return other

    async def _claims(self, token: str) -> bool:
        """Record a tab as this process's; return whether no other has it."""
        try:
            with self._link.using():
                return bool(
                    await self._link.loop.set(
                        self._link.name("tab", token), self.instance_id, nx=True, ex=LIVES_SECONDS
                    )
                )
        except RedisAway:
            return True

    async def disconnect_token(self, token: str, sid: str) -> None:
        """Forget a tab whose socket has closed."""
        known = self.token_to_socket.get(token)
        if known is None or known.sid != sid:
            return
        await super().disconnect_token(token, sid)
        try:
            await self._link.run_async(DELETE, [self._link.name("tab", token)], [self.instance_id])
        except RedisAway:
            # It expires.
            return

    async def renew(self) -> None:
        """Keep the records of this process's tabs.

        Raises:
            RedisAway: Redis can't be used now.
        """
        with self._link.using():
            pipe = self._link.loop.pipeline(transaction=False)
            for token in self.token_to_socket:
                pipe.set(self._link.name("tab", token), self.instance_id, ex=LIVES_SECONDS)
            await pipe.execute()

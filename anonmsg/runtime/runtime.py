"""Runtime, and run(): the one bridge from async code to use cases.

Use cases run in threads, because Reflex handles every person's events on one loop.
Those that hash a password have a small pool of their own with a bounded queue, so that
a flood of sign-ins delays only sign-ins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from anonmsg.config import BadSettings, Settings
from anonmsg.database.engine import Database
from anonmsg.database.reader import Reader
from anonmsg.mail.mailer import Mailer, mailer_from
from anonmsg.runtime.batching import Batcher
from anonmsg.runtime.context import Context
from anonmsg.runtime.hashing import THREADS, HashingPool, Share
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.shared.sharing_redis import Shared
from anonmsg.runtime.topics import Hub
from anonmsg.security.keyring import Keyring

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked")
Glance: TypeAlias = "Callable[[Reader, datetime, Asked], T]"
Together: TypeAlias = "Callable[[Context, Sequence[Asked]], Sequence[Exception | None]]"

WORK_THREADS = 12


def time_now() -> datetime:
    """Return the current time, aware UTC; use cases read it as `ctx.now`."""
    return datetime.now(UTC)


@dataclass
class Runtime:
    """What a process holds: its settings, pools and connections."""

    settings: Settings
    database: Database
    mailer: Mailer
    keyring: Keyring
    rate_limits: RateLimits
    hub: Hub = field(default_factory=Hub)
    clock: Callable[[], datetime] = time_now
    mail_waits: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None
    # What this process shares with others, where there is Redis.
    shared: Shared | None = None
    _work: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORK_THREADS))
    _hashing: HashingPool = field(default_factory=HashingPool)
    _batchers: dict[Any, Batcher[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Runtime:
        """Build everything from the settings; nothing connects yet.

        Raises:
            BadSettings: the limits can't be parsed.
        """
        try:
            rate_limits = RateLimits(factor=settings.limits_factor, overrides=settings.limits)
        except ValueError as error:
            raise BadSettings([str(error)]) from None
        database = Database(settings.database, connections=settings.database_connections)
        made = cls(
            settings,
            database,
            mailer_from(settings),
            Keyring.of(settings),
            rate_limits,
            # Together, all workers keep as many cores busy as one would.
            _hashing=HashingPool(max(1, THREADS // settings.workers)),
        )
        if settings.redis_url:
            made.shared = Shared(settings, made.keyring.digests, made.hub)
            rate_limits.share(made.shared.link)
        return made

    @contextmanager
    def context(self, *, may_hash: bool = True) -> Iterator[Context]:
        """Open a context for one use case, at the current time.

        Args:
            may_hash: Whether the use case may hash passwords.
        """
        with self.database.open() as opened:
            yield Context(
                opened,
                self.mailer,
                self.clock(),
                self.settings,
                self.keyring,
                self.rate_limits,
                may_hash,
            )

    async def run(
        self,
        use_case: Callable[Concatenate[Context, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case in a thread, then publish what it announced.

        Raises:
            AppError: the use case refuses.
        """
        return await self._run(lambda ctx: use_case(ctx, *args, **kwargs))

    async def run_hashing(
        self,
        use_case: Callable[Concatenate[Context, P], T],
        share: Share,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case that hashes a password, in the hashing pool.

        Raises:
            Busy: the hashing queue is full, or this share of it.
            AppError: the use case refuses.
        """
        return await self._run(lambda ctx: use_case(ctx, *args, **kwargs), share)

    async def glance(self, use_case: Glance[Asked, T], asked: Asked) -> T:
        """Run a use case that reads one row: at once where that takes no time.

        Args:
            use_case: Gets the database's reader, the current time and what was asked.
            asked: What to look for.
        """
        reader, now = self.database.reader, self.clock()
        if reader.is_instant:
            return use_case(reader, now, asked)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._work, use_case, reader, now, asked)

    async def together(self, use_case: Together[Asked], asked: Asked) -> None:
        """Run a use case once for all concurrent callers, with one commit.

        Args:
            use_case: Serves several requests, and returns a refusal or None for each.
            asked: This caller's request.

        Raises:
            AppError: this caller is refused.
        """
        await self._batcher(use_case).join(asked)

    def _batcher(self, use_case: Together[Asked]) -> Batcher[Asked]:
        async def serve(asked: Sequence[Asked]) -> Sequence[Exception | None]:
            return await self._run(lambda ctx: use_case(ctx, asked))

        return self._batchers.setdefault(use_case, Batcher(serve))

    async def _run(self, job: Callable[[Context], T], share: Share | None = None) -> T:
        announced: list[str] = []
        try:
            call = partial(self._call, announced, job, may_hash=share is not None)
            if share is None:
                return await asyncio.get_running_loop().run_in_executor(self._work, call)
            return await asyncio.wrap_future(self._hashing.submit(share, call))
        finally:
            for topic in announced:
                await self.hub.announce(topic)

    def _call(self, announced: list[str], job: Callable[[Context], T], *, may_hash: bool) -> T:
        with self.context(may_hash=may_hash) as ctx:
            try:
                return job(ctx)
            finally:
                announced.extend(ctx.announced)
                if ctx.mail_waits:
                    self._wake()

    def _wake(self) -> None:
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.mail_waits.set)

    def close(self) -> None:
        """Wait for the threads to finish, then close the connections."""
        self._work.shutdown(wait=True)
        self._hashing.close()
        self.database.close()
        if self.shared is not None:
            self.shared.link.close()


_runtime: Runtime | None = None


def use(runtime: Runtime | None) -> None:
    """Set the runtime that run() uses in this process."""
    global _runtime  # noqa: PLW0603  (the one place where a process keeps it)
    _runtime = runtime


def current() -> Runtime:
    """Return this process's runtime.

    Raises:
        RuntimeError: the app has not been started.
    """
    if _runtime is None:
        raise RuntimeError("anonmsg has not been started: call use() first")
    return _runtime


async def run(
    use_case: Callable[Concatenate[Context, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case on this process's runtime; see Runtime.run."""
    return await current().run(use_case, *args, **kwargs)


async def run_hashing(
    use_case: Callable[Concatenate[Context, P], T],
    share: Share,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case that hashes a password on this process's runtime; see Runtime.run_hashing."""
    return await current().run_hashing(use_case, share, *args, **kwargs)


async def glance(use_case: Glance[Asked, T], asked: Asked) -> T:
    """Read one row on this process's runtime; see Runtime.glance."""
    return await current().glance(use_case, asked)


async def together(use_case: Together[Asked], asked: Asked) -> None:
    """Run a batched use case on this process's runtime; see Runtime.together."""
    await current().together(use_case, asked)

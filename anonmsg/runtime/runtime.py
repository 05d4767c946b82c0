"""Runtime, and run(): the one bridge from asynchronous edges to use cases.

Use cases run in threads, because Reflex handles every person's events on one
loop; those that hash a password have a small pool of their own with a bounded
queue, so that a flood of sign-ins delays sign-ins and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from anonmsg.config import BadSettings, Settings
from anonmsg.database.engine import Database
from anonmsg.errors import AppError, Busy
from anonmsg.mail.mailer import Mailer, mailer_from
from anonmsg.runtime.batching import Batcher
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.topics import Hub
from anonmsg.security.keyring import Keyring

P = ParamSpec("P")
T = TypeVar("T")
Together: TypeAlias = "Callable[[Context, Sequence[Mapping[str, Any]]], list[AppError | None]]"

# bcrypt keeps a core busy; the machine's others stay free for everyone else.
HASHING_THREADS = 2
# At a quarter of a second each, the last in the queue waits about four seconds.
HASHING_QUEUE = 32
WORK_THREADS = 12


def hashes_passwords(use_case: Callable[P, T]) -> Callable[P, T]:
    """Mark a use case that hashes, so that run() gives it the small pool."""
    use_case.hashes_passwords = True  # type: ignore[attr-defined]
    return use_case


def commits_together(
    together: Together,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a use case whose callers share one commit where several come at once.

    Args:
        together: Does the same for several callers, given the arguments of
            each, and answers with each one's refusal or None.
    """

    def mark(use_case: Callable[P, T]) -> Callable[P, T]:
        use_case.together = together  # type: ignore[attr-defined]
        return use_case

    return mark


def time_now() -> datetime:
    """The time of the moment, aware UTC; use cases have it as `ctx.now`."""
    return datetime.now(UTC)


@dataclass
class Runtime:
    """What a process keeps: its settings, its pools and its connections."""

    settings: Settings
    database: Database
    mailer: Mailer
    keyring: Keyring
    rate_limits: RateLimits
    hub: Hub = field(default_factory=Hub)
    clock: Callable[[], datetime] = time_now
    mail_waits: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None
    _work: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORK_THREADS))
    _hashing: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(HASHING_THREADS)
    )
    _batchers: dict[Any, Batcher] = field(default_factory=dict)
    _hashing_places: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(HASHING_THREADS + HASHING_QUEUE)
    )

    @classmethod
    def of(cls, settings: Settings) -> Runtime:
        """Make everything from the settings; nothing is connected yet.

        Raises:
            BadSettings: the limits cannot be read.
        """
        try:
            rate_limits = RateLimits(factor=settings.limits_factor, overrides=settings.limits)
        except ValueError as error:
            raise BadSettings([str(error)]) from None
        database = Database(settings.database)
        return cls(settings, database, mailer_from(settings), Keyring.of(settings), rate_limits)

    @contextmanager
    def context(self) -> Iterator[Context]:
        """A context for one use case, at the time of the moment."""
        with self.database.open() as opened:
            yield Context(
                opened, self.mailer, self.clock(), self.settings, self.keyring, self.rate_limits
            )

    async def run(
        self,
        use_case: Callable[Concatenate[Context, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case in a thread, then tell what it announced.

        Raises:
            Busy: it hashes a password and too many others wait to.
            AppError: whatever the use case refuses.
        """
        if hasattr(use_case, "together"):
            return cast(T, await self._batcher(use_case.together).join(kwargs))
        job: Callable[[Context], T] = lambda ctx: use_case(ctx, *args, **kwargs)  # noqa: E731
        return await self._run(job, hashes=hasattr(use_case, "hashes_passwords"))

    def _batcher(self, together: Together) -> Batcher:
        async def serve(asked: list[Mapping[str, Any]]) -> list[Any]:
            return await self._run(lambda ctx: together(ctx, asked))

        return self._batchers.setdefault(together, Batcher(serve))

    async def _run(self, job: Callable[[Context], T], *, hashes: bool = False) -> T:
        announced: list[str] = []
        try:
            return await self._in_a_thread(partial(self._call, announced, job), hashes=hashes)
        finally:
            for topic in announced:
                await self.hub.announce(topic)

    async def _in_a_thread(self, job: Callable[[], T], *, hashes: bool) -> T:
        loop = asyncio.get_running_loop()
        if not hashes:
            return await loop.run_in_executor(self._work, job)
        if not self._hashing_places.acquire(blocking=False):
            raise Busy
        future = self._hashing.submit(job)
        # Freed when the work is done, not when whoever asked has gone away.
        future.add_done_callback(lambda _: self._hashing_places.release())
        return await asyncio.wrap_future(future)

    def _call(self, announced: list[str], job: Callable[[Context], T]) -> T:
        with self.context() as ctx:
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
        """Let the threads end and close the connections."""
        self._work.shutdown(wait=True)
        self._hashing.shutdown(wait=True)
        self.database.close()


_runtime: Runtime | None = None


def use(runtime: Runtime | None) -> None:
    """Make a runtime the one that run() uses in this process."""
    global _runtime  # noqa: PLW0603  (the one place where a process keeps it)
    _runtime = runtime


def current() -> Runtime:
    """The runtime of this process.

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

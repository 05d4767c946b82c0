"""Start-up checks and background tasks: sending email, telling owners and purging."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

from anonmsg.config import BadSettings
from anonmsg.database import inspection
from anonmsg.mail import conversations
from anonmsg.runtime.incidents import kind_of
from anonmsg.runtime.runtime import Runtime
from anonmsg.runtime.shared import redis_checks
from anonmsg.services import health, outbox, peppers, purge_clock, purges, token_secrets
from anonmsg.services.backups import leftovers, unfinished
from anonmsg.services.inbox import deliveries, pauses, sealing
from anonmsg.services.notifications import email_digests

logger = logging.getLogger(__name__)

# Seconds that an email from another process, or a retry that is due, waits at most.
MAIL_POLL_SECONDS = 1.0
PURGE_SECONDS = 900.0
# How long a page that has opened again, or a message that is due, waits at most.
HOURS_SECONDS = 5.0
# How long that rests between two batches.
HOURS_REST_SECONDS = 0.05
# How long sealing old messages rests between two batches, and after a failure.
SEAL_REST_SECONDS = 0.05
SEAL_RETRY_SECONDS = 60.0
# How long an email that is being handed over holds up the shutdown, and anything at all.
MAIL_GRACE_SECONDS = 3.0
SHUTDOWN_SECONDS = 8.0


@contextlib.asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[None]:
    """Migrate the database and check the secrets, then send email and purge until shutdown.

    Raises:
        BadSettings: Redis isn't fit, the database can't be used, or its secrets are others.
    """
    runtime.loop = asyncio.get_running_loop()
    unfinished.expect_none(runtime.settings.data_dir)
    await asyncio.to_thread(leftovers.sweep, runtime.settings)
    if runtime.settings.redis_url:
        await asyncio.to_thread(_expect_fit, runtime.settings.redis_url)
    await asyncio.to_thread(_migrate, runtime)
    await runtime.run(peppers.check)
    await runtime.run(token_secrets.check)
    await runtime.run(peppers.renew)
    _name_parts(runtime)
    work = (send_mail(runtime), purge(runtime), seal(runtime), keep_hours(runtime))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        async with runtime.shared.running() if runtime.shared else contextlib.nullcontext():
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _close(runtime)


def _name_parts(runtime: Runtime) -> None:
    """Say what this process needs in order to serve, for `/readyz`."""

    async def mail() -> None:
        idle = timedelta(seconds=time.monotonic() - runtime.mail_tried_at)
        await runtime.run(health.expect_mail_to_leave, idle=idle)

    runtime.readiness.parts |= {
        "database": partial(runtime.run, health.expect_tables),
        "mail": mail,
    }
    if runtime.shared is not None:
        runtime.readiness.parts |= {
            "redis": runtime.shared.link.check,
            "bus": runtime.shared.bus.check,
        }


def _expect_fit(redis_url: str) -> None:
    """Check Redis; one that can't be reached is waited for, as if it had gone later.

    Raises:
        BadSettings: it would keep or lose what it may not.
    """
    found = redis_checks.look(redis_url)
    if found.problems:
        raise BadSettings(list(found.problems))
    for each in filter(None, (found.unreachable, found.warning)):
        logger.warning("%s", each)


def _migrate(runtime: Runtime) -> None:
    """Migrate the database.

    Raises:
        BadSettings: it can't be opened or changed, or its tables are of a newer release.
    """
    address = runtime.settings.database
    if problem := inspection.problem(address):
        raise BadSettings([problem])
    try:
        with inspection.errors_reported(address):
            runtime.database.migrate()
    except inspection.CannotOpen as error:
        raise BadSettings([f"DATABASE_URL: the tables can't be changed: {error}"]) from None


async def _close(runtime: Runtime) -> None:
    """Wait for the threads to finish, but not for a mail service that takes its time.

    An email whose conversation is cut off is sent again after the next start.
    """
    closing = asyncio.create_task(asyncio.to_thread(runtime.close))
    await asyncio.wait({closing}, timeout=MAIL_GRACE_SECONDS)
    while not closing.done():
        conversations.cut_all()
        await asyncio.wait({closing}, timeout=0.1)
    await closing


@contextlib.asynccontextmanager
async def running_or_exit(runtime: Runtime) -> AsyncIterator[None]:
    """Do the same as `running`, but exit with the reason, not a traceback, on bad settings."""
    runtime.database.when_replaced = _stop
    try:
        async with running(runtime):
            try:
                yield
            finally:
                _end_in_any_case()
    except BadSettings as error:
        # Nothing has started yet, and the server would print pages of traceback.
        _stop(str(error))


def _stop(sentence: str) -> None:
    """Say why the process ends, and end it at once."""
    logger.critical("%s", sentence)
    os._exit(1)


def _end_in_any_case() -> None:
    """End the process soon, even if a thread never does: Python would wait for it."""

    def end() -> None:
        logger.error("Something was still going on %d s after the end.", SHUTDOWN_SECONDS)
        os._exit(0)

    latest = threading.Timer(SHUTDOWN_SECONDS, end)
    latest.daemon = True
    latest.start()


async def send_mail(runtime: Runtime) -> None:
    """Deliver every email that is due, then wait for the next."""
    while True:
        runtime.mail_waits.clear()
        try:
            while await runtime.run(outbox.deliver_next):
                runtime.mail_tried_at = time.monotonic()
            runtime.mail_tried_at = time.monotonic()
        except Exception as error:  # noqa: BLE001  (one failed email must not end the task)
            logger.error("Mail could not be sent now: %s", kind_of(error))
            await asyncio.sleep(MAIL_POLL_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runtime.mail_waits.wait(), MAIL_POLL_SECONDS)


async def purge(
    runtime: Runtime,
    *,
    every: float = PURGE_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Delete expired data now and every 15 minutes, unless the clock can't be trusted.

    Args:
        runtime: The runtime, whose clock decides what has expired.
        every: Seconds between two purges.
        monotonic: A clock in seconds that nobody sets.
    """
    ticks = purge_clock.Ticks(monotonic)
    while True:
        try:
            await runtime.run(purges.purge_if_trusted, ticks=ticks)
        except Exception as error:  # noqa: BLE001  (one failure must not end the task)
            logger.error("Purging failed: %s", kind_of(error))
        await asyncio.sleep(every)


async def seal(
    runtime: Runtime, *, rest: float = SEAL_REST_SECONDS, retry: float = SEAL_RETRY_SECONDS
) -> None:
    """Seal the messages from before messages were sealed, then end.

    Args:
        runtime: The runtime.
        rest: Seconds between two batches, for everyone else who writes.
        retry: Seconds after a failure.
    """
    sealed, after, is_over = 0, ("", ""), False
    while not is_over:
        try:
            batch = await runtime.run(sealing.seal_next, after=after)
            sealed, after, is_over = sealed + batch.sealed, batch.after, batch.is_last
        except Exception as error:  # noqa: BLE001  (one failure must not end the task)
            logger.error("Sealing messages failed: %s", kind_of(error))
            await asyncio.sleep(retry)
        if not is_over:
            await asyncio.sleep(rest)
    if sealed:
        await runtime.run(sealing.finish)
        logger.info("%d messages from an older version have been sealed.", sealed)


async def keep_hours(
    runtime: Runtime, *, every: float = HOURS_SECONDS, rest: float = HOURS_REST_SECONDS
) -> None:
    """End pauses, deliver what is due and tell owners what's new, now and every few seconds.

    Args:
        runtime: The runtime, whose clock decides what is due.
        every: Seconds between two looks.
        rest: Seconds between two batches, for everyone else who writes.
    """
    while True:
        is_more = False
        due: list[Callable[..., bool | None]] = [
            pauses.end_due,
            deliveries.deliver_due,
            email_digests.tell_next,
        ]
        for use_case in due:
            try:
                is_more = bool(await runtime.run(use_case)) or is_more
            except Exception as error:  # noqa: BLE001  (one failure must not end the task)
                logger.error("What is due could not be done: %s", kind_of(error))
        await asyncio.sleep(rest if is_more else every)

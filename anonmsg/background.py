"""Start-up checks and background tasks: sending email and purging expired data."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import AsyncIterator

from anonmsg.config import BadSettings
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox, peppers, purges
from anonmsg.services.accounts import deletions

logger = logging.getLogger(__name__)

# Seconds that an email from another process, or a retry that is due, waits at most.
MAIL_POLL_SECONDS = 1.0
PURGE_SECONDS = 900.0


@contextlib.asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[None]:
    """Migrate the database and check the pepper, then send email and purge until shutdown."""
    runtime.loop = asyncio.get_running_loop()
    await asyncio.to_thread(runtime.database.migrate)
    await runtime.run(peppers.check)
    await runtime.run(peppers.renew)
    tasks = [asyncio.create_task(send_mail(runtime)), asyncio.create_task(purge(runtime))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(runtime.close)


@contextlib.asynccontextmanager
async def running_or_exit(runtime: Runtime) -> AsyncIterator[None]:
    """Do the same as `running`, but exit with the reason, not a traceback, on bad settings."""
    try:
        async with running(runtime):
            yield
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        # Nothing has started yet, and the server would print pages of traceback.
        os._exit(1)


async def send_mail(runtime: Runtime) -> None:
    """Deliver every email that is due, then wait for the next."""
    while True:
        runtime.mail_waits.clear()
        try:
            while await runtime.run(outbox.deliver_next):
                pass
        except Exception as error:  # noqa: BLE001  (one failed email must not end the task)
            logger.error("Mail could not be sent now: %s", type(error).__name__)
            await asyncio.sleep(MAIL_POLL_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runtime.mail_waits.wait(), MAIL_POLL_SECONDS)


async def purge(runtime: Runtime) -> None:
    """Delete expired data now and every 15 minutes."""
    while True:
        for use_case in (purges.purge, deletions.erase_due):
            try:
                await runtime.run(use_case)
            except Exception as error:  # noqa: BLE001  (one failure must not end the task)
                logger.error("Purging failed: %s", type(error).__name__)
        await asyncio.sleep(PURGE_SECONDS)

"""What a process does from its start to its end, besides answering."""

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

# A mail of another process, or a retry that has come due, waits this long at most.
LOOK_FOR_MAIL_EVERY = 1.0
PURGE_EVERY = 900.0


@contextlib.asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[None]:
    """Bring the database up to date, then send mail and purge until the end."""
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
async def running_or_stopped(runtime: Runtime) -> AsyncIterator[None]:
    """As `running`; a bad start ends the process with the reason and no traceback."""
    try:
        async with running(runtime):
            yield
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        # Nothing has begun yet, and the server would print pages about any exception.
        os._exit(1)


async def send_mail(runtime: Runtime) -> None:
    """Hand over every mail that is due, and wait for the next."""
    while True:
        runtime.mail_waits.clear()
        try:
            while await runtime.run(outbox.deliver_next):
                pass
        except Exception as error:  # noqa: BLE001  (the task outlives any one mail)
            logger.error("Mail could not be sent now: %s", type(error).__name__)
            await asyncio.sleep(LOOK_FOR_MAIL_EVERY)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runtime.mail_waits.wait(), LOOK_FOR_MAIL_EVERY)


async def purge(runtime: Runtime) -> None:
    """Delete what is kept for a time only, now and every quarter of an hour."""
    while True:
        for use_case in (purges.purge, deletions.erase_due):
            try:
                await runtime.run(use_case)
            except Exception as error:  # noqa: BLE001  (the task outlives one failure)
                logger.error("Purging failed: %s", type(error).__name__)
        await asyncio.sleep(PURGE_EVERY)

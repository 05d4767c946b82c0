"""A process killed between making a change and sending the email for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups, verifications
from tests import databases, factories
from tests.fakes import Clock, FakeMailer

SIGNS_UP_AND_DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from anonmsg.config import load
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.database.engine import Database
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.mail.mailer import mailer_from
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups
from tests import factories

class Dies:
    def deliver(self, letter, *, idempotency_key):
        os.kill(os.getpid(), signal.SIGKILL)

settings = load(data_dir=Path(sys.argv[1]))
now = datetime.fromisoformat(sys.argv[2])
runtime = Runtime(settings, Database(settings.database), Dies(), Keyring.of(settings, cost=4),
    RateLimits(), clock=lambda: now)
with runtime.context() as ctx:
    print(sign_ups.sign_up(ctx, username="ada", email="ada@example.com",
        password=factories.PASSWORD, network="n"), flush=True)
    if sys.argv[3] == "after the commit":
        os.kill(os.getpid(), signal.SIGKILL)
    outbox.deliver_next(ctx)
"""


def killed(runtime: Runtime, clock: Clock, when: str) -> str:
    """Sign someone up in a process that gets killed; return the browser id it printed."""
    ended = subprocess.run(
        [sys.executable, "-c", SIGNS_UP_AND_DIES, str(runtime.settings.data_dir)]  # noqa: RUF005
        + [clock.now.isoformat(), when],
        capture_output=True,
        text=True,
        env=os.environ | databases.env(runtime.settings.data_dir),
        cwd=Path(factories.__file__).parent.parent,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    return ended.stdout.strip()


def test_a_process_killed_after_the_commit_loses_no_mail(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    browser = killed(runtime, clock, "after the commit")
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
        assert not outbox.deliver_next(ctx)
        assert len(mailer.letters) == 1
        assert sign_ups.pending(ctx, browser=browser).mail == "sent"
        verifications.by_code(ctx, browser=browser, code=mailer.last_code(), network="n")


def test_a_process_killed_while_it_hands_over_loses_no_mail(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    browser = killed(runtime, clock, "while handing over")
    with runtime.context() as ctx:
        assert not outbox.deliver_next(ctx)
    clock.move(seconds=60)
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
        assert len(mailer.letters) == 1
        verifications.by_code(ctx, browser=browser, code=mailer.last_code(), network="n")

"""Outages of the mail server, which is a stand-in on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bench import people
from bench.faults.http import Http
from bench.faults.report import Row
from bench.faults.site import Site, site
from tests.smtp_stand_in import SmtpStandIn

# What the stand-in says instead of yes, by command; see SmtpStandIn.
OUTAGES: dict[str, dict[str, str]] = {
    "refusing": {"connecting": "421 Not now"},
    "silent": {"connecting": "hang"},
    "trickling": {"MAIL": "trickle"},
}
DELAYED = b"deliver the email yet"
FAILED = "A mail was not taken and will be tried again"
# The longest talk is 50 s, and the second try comes 5 s after the first, the third 30 s later.
NOTICED_WITHIN, BACK_WITHIN = 90.0, 150.0
LOOK_SECONDS = 0.05


def outage(answers: dict[str, str]) -> Row:
    """Let somebody sign up while mail can't be sent, and then again once it can."""
    with SmtpStandIn(answers=dict(answers)) as server:
        env = {"MAIL_TRANSPORT": "smtp", "SMTP_URL": f"smtp+plain://127.0.0.1:{server.port}"}
        env |= {"MAIL_FROM": "anonmsg <hello@anonmsg.example>"}
        with site("ada", env=env) as made:
            return asyncio.run(_outage(made, server))


async def _outage(made: Site, server: SmtpStandIn) -> Row:
    worker = made.worker()
    async with Http(made.port) as browser:
        fields = {"username": "newcomer", "email": "new@example.com", "password": people.PASSWORD}
        answer = await browser.post("/sign-up", fields)
        cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        is_noticed = await _until(lambda: FAILED in made.log, NOTICED_WITHIN)
        # The server closes a connection on which nothing is asked for a while.
        browser.close()
        page = await browser.get("/verify?plain=", Cookie=cookie)
        is_told_truly = is_noticed and DELAYED in page.body
        said_sent = _sent(made)
        message = await browser.post("/u/ada", {"message": "meanwhile", "key": "meanwhile"})
        taken_before = len(server.taken)
        server.answers.clear()
        began = time.monotonic()
        is_back = await _until(lambda: len(server.taken) > taken_before, BACK_WITHIN)
        back = time.monotonic() - began
        await _until(lambda: _sent(made) > 0, BACK_WITHIN)
    return {
        "sent": len(server.taken),
        "doubled": max(0, len(server.taken) - 1),
        "refused": int(answer.status != 303) + int(message.status != 200),
        "false acks": said_sent - taken_before + int(not is_told_truly),
        "not back": int(not is_back),
        "back after s": back if is_back else None,
        "crashes": int(made.worker() != worker),
        "log bytes": len(made.log),
    }


def _sent(made: Site) -> int:
    (row,) = made.query("SELECT count(*) FROM mails WHERE sent_at IS NOT NULL")
    return int(str(row[0]))


async def _until(is_so: Callable[[], bool], within: float) -> bool:
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True

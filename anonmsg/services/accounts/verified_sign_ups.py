"""Verified sign-ups: their rows are gone, and their links and browsers are remembered a while.

Only digests are kept, and only somebody who holds a link or a browser's random id can
ask about it: nothing here tells a stranger anything.
"""

from __future__ import annotations

from datetime import timedelta

from anonmsg import rules
from anonmsg.database.tables import SignUp
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services import counters

KNOWN_FOR = timedelta(days=7)


def remember(ctx: Context, row: SignUp) -> None:
    """Remember that a sign-up has become an account, and tell its other tabs.

    Runs within the caller's transaction.
    """
    for digest in (row.link_digest, row.browser_digest):
        counters.spend(ctx, "verified", digest, limit=1, period=KNOWN_FOR)
    ctx.announce(topics.mail_of(row.id))


def knows(ctx: Context, purpose: str, secret: object) -> bool:
    """Return whether the sign-up of a link or a browser's random id has become an account."""
    digests = ctx.keyring.digests.each_of(purpose, rules.text(secret))
    return any(counters.is_spent(ctx, "verified", digest) for digest in digests)


def knows_row(ctx: Context, row: SignUp) -> bool:
    """Return whether a sign-up that was read before has become an account."""
    return counters.is_spent(ctx, "verified", row.link_digest)

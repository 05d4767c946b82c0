"""Counters that guard a secret, in the database so that a restart doesn't reset them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, or_
from sqlmodel import col, delete, select

from anonmsg.database.engine import insert, took
from anonmsg.database.tables import Counter
from anonmsg.errors import TooManyAttempts
from anonmsg.runtime.context import Context


def spend(ctx: Context, *key: str, limit: int, period: timedelta) -> None:
    """Count one attempt, unless the limit for the period is reached.

    This is one statement, so that a hundred simultaneous attempts count exactly up to
    the limit. The caller's transaction must be committed before the secret is compared.

    Args:
        ctx: Within a writing transaction.
        *key: What is counted; only its digest is stored.
        limit: How many attempts a period allows.
        period: How long after its first attempt a count resets.

    Raises:
        TooManyAttempts: the limit is reached.
    """
    digest = ctx.keyring.digests.of("counter", *key)
    has_expired = col(Counter.resets_at) <= ctx.now
    statement = insert(ctx.db, Counter).values(key=digest, count=1, resets_at=ctx.now + period)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((has_expired, 1), else_=Counter.count + 1),
            "resets_at": case((has_expired, ctx.now + period), else_=Counter.resets_at),
        },
        where=or_(has_expired, col(Counter.count) < limit),
    )
    if not took(ctx.db, statement):
        resets_at = ctx.db.exec(select(Counter.resets_at).where(Counter.key == digest)).one()
        raise TooManyAttempts(resets_at - ctx.now)


def is_spent(ctx: Context, *key: str) -> bool:
    """Return whether anything has been counted for a key within its period."""
    digests = ctx.keyring.digests.each_of("counter", *key)
    alive = col(Counter.resets_at) > ctx.now
    counted = select(Counter.key).where(col(Counter.key).in_(digests), alive)
    return ctx.db.exec(counted).first() is not None


def forget(ctx: Context, *key: str) -> None:
    """Reset a count after the right secret."""
    digest = ctx.keyring.digests.of("counter", *key)
    ctx.db.exec(delete(Counter).where(col(Counter.key) == digest))

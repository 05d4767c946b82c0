"""Recovery codes: each replaces the second factor once, if the phone is lost."""

from __future__ import annotations

from sqlmodel import col, delete, func, select

from anonmsg import rules
from anonmsg.database.tables import RecoveryCode
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_recovery_code

MADE_AT_ONCE = 10
PURPOSE = "recovery code"


def replace_all(ctx: Context, *, person_id: str) -> list[str]:
    """Replace a person's recovery codes, within the caller's transaction.

    Returns:
        The codes; only their digests are stored.
    """
    withdraw(ctx, person_id=person_id)
    codes = [new_recovery_code() for _ in range(MADE_AT_ONCE)]
    for code in codes:
        digests = ctx.keyring.digests
        digest = digests.of(PURPOSE, person_id, rules.two_factor_code(code))
        ctx.db.add(RecoveryCode(person_id=person_id, digest=digest, pepper_id=digests.pepper_id))
    return codes


def use(ctx: Context, *, person_id: str, typed: str) -> bool:
    """Use up a code, within the caller's transaction; if several race, one wins.

    Returns:
        Whether it was one of the person's remaining codes.
    """
    used = ctx.db.exec(
        delete(RecoveryCode).where(
            col(RecoveryCode.person_id) == person_id,
            col(RecoveryCode.digest).in_(ctx.keyring.digests.each_of(PURPOSE, person_id, typed)),
        )
    )
    return used.rowcount == 1


def left(ctx: Context, *, person_id: str) -> int:
    """Return how many codes a person has left, within the caller's transaction."""
    mine = RecoveryCode.person_id == person_id
    return ctx.db.exec(select(func.count()).select_from(RecoveryCode).where(mine)).one()


def withdraw(ctx: Context, *, person_id: str) -> None:
    """Invalidate all of a person's codes, within the caller's transaction."""
    ctx.db.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))

"""Recovery codes: each takes the second factor's place once, where the phone is lost."""

from __future__ import annotations

from sqlmodel import col, delete, func, select

from anonmsg import rules
from anonmsg.database.tables import RecoveryCode
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_recovery_code

MADE_AT_ONCE = 10
PURPOSE = "recovery code"


def fresh(ctx: Context, *, person_id: str) -> list[str]:
    """Make a person's codes anew, within the caller's transaction.

    Returns:
        The codes, of which only digests are kept.
    """
    withdraw(ctx, person_id=person_id)
    codes = [new_recovery_code() for _ in range(MADE_AT_ONCE)]
    for code in codes:
        digests = ctx.keyring.digests
        digest = digests.of(PURPOSE, person_id, rules.two_factor_code(code))
        ctx.db.add(RecoveryCode(person_id=person_id, digest=digest, pepper_id=digests.pepper_id))
    return codes


def use(ctx: Context, *, person_id: str, typed: str) -> bool:
    """Use a code up, within the caller's transaction: of several at once, one wins.

    Returns:
        Whether it was one that is left.
    """
    used = ctx.db.exec(
        delete(RecoveryCode).where(
            col(RecoveryCode.person_id) == person_id,
            col(RecoveryCode.digest).in_(ctx.keyring.digests.each_of(PURPOSE, person_id, typed)),
        )
    )
    return used.rowcount == 1


def left(ctx: Context, *, person_id: str) -> int:
    """How many a person has, within the caller's transaction."""
    mine = RecoveryCode.person_id == person_id
    return ctx.db.exec(select(func.count()).select_from(RecoveryCode).where(mine)).one()


def withdraw(ctx: Context, *, person_id: str) -> None:
    """Let all of a person's codes die, within the caller's transaction."""
    ctx.db.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))

"""Purges: delete what is kept only for a limited time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import true
from sqlmodel import col, delete, or_, select, update

from anonmsg.database import locks
from anonmsg.database.tables import (
    Counter,
    HeldUsername,
    Mail,
    MailedLink,
    SendKey,
    SignInSession,
    SignUp,
)
from anonmsg.mail import mailer
from anonmsg.runtime.context import Context
from anonmsg.services import purge_clock
from anonmsg.services.accounts import deletions, erasures
from anonmsg.services.accounts.sign_ups import SIGN_UP_LIVES
from anonmsg.services.inbox import removals, retention

# A sent email's empty row, and its file in the outbox folder, stay for a while so that
# an operator can see it was sent. They stay no longer than an account that is being
# deleted: an email to an address that is no longer on record is gone when the account is.
SENT_MAIL_LIVES = timedelta(days=7)


def purge_if_trusted(ctx: Context, *, ticks: purge_clock.Ticks) -> None:
    """Delete everything that has expired or is due, unless the clock can't be trusted.

    Both look at the same time, so that no clock can leap between them. On PostgreSQL,
    while one worker does this, the others leave it to that one.

    Args:
        ctx: The context.
        ticks: Knows how the clock has gone in this process.

    Raises:
        OSError: the outbox folder can't be cleaned.
    """
    drift = ticks.drift(ctx.now)
    with locks.alone(ctx.db, locks.PURGING) as is_alone:
        if not is_alone or purge_clock.look(ctx, drift=drift):
            return
        try:
            purge(ctx)
        finally:
            deletions.erase_due(ctx)


def purge(ctx: Context) -> None:
    """Delete everything that has expired; several workers may run it at once.

    Raises:
        OSError: the outbox folder can't be cleaned; everything else is done.
    """
    with ctx.writing() as db:
        over = select(SignUp.id).where(col(SignUp.created_at) <= ctx.now - SIGN_UP_LIVES)
        wiped = update(Mail).where(col(Mail.sign_up_id).in_(over), col(Mail.sealed).is_not(None))
        db.exec(wiped.values(sealed=None, due_at=None))
        db.exec(delete(SignUp).where(col(SignUp.created_at) <= ctx.now - SIGN_UP_LIVES))
        # A person's current name is held without an end date.
        db.exec(delete(HeldUsername).where(col(HeldUsername.held_until) <= ctx.now))
        db.exec(delete(MailedLink).where(col(MailedLink.expires_at) <= ctx.now))
        db.exec(delete(SendKey).where(col(SendKey.expires_at) <= ctx.now))
        db.exec(delete(Counter).where(col(Counter.resets_at) <= ctx.now))
        db.exec(
            delete(SignInSession).where(
                or_(
                    col(SignInSession.expires_at) <= ctx.now,
                    col(SignInSession.ended_at).is_not(None),
                )
            )
        )
        db.exec(
            delete(Mail).where(
                col(Mail.sealed).is_(None),
                or_(
                    col(Mail.created_at) <= ctx.now - SENT_MAIL_LIVES,
                    # A hundred thousand of them a day would slow everything down here.
                    col(Mail.is_bulk) == true(),
                ),
            )
        )
        erasures.purge(ctx)
    removals.empty_trash(ctx)
    retention.purge(ctx)
    erasures.mirror(ctx, purged=True)
    mailer.purge(ctx.settings, before=ctx.now - SENT_MAIL_LIVES)

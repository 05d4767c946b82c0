"""What is kept for a time only, and goes when the time is over."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, delete, or_, select, update

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
from anonmsg.services.accounts.sign_ups import SIGN_UP_LIVES

# A mail's empty row is kept a while, so that an operator can see it was sent; and
# so is a mail in the outbox folder. No longer than an account that is left: what
# went to an address that nobody remembers any more is gone when the account is.
SENT_MAIL_LIVES = timedelta(days=7)


def purge(ctx: Context) -> None:
    """Delete everything whose time is over; several workers may do so at once.

    Raises:
        OSError: the outbox folder cannot be cleaned; the rest is done.
    """
    with ctx.writing() as db:
        over = select(SignUp.id).where(col(SignUp.created_at) <= ctx.now - SIGN_UP_LIVES)
        wiped = update(Mail).where(col(Mail.sign_up_id).in_(over), col(Mail.sealed).is_not(None))
        db.exec(wiped.values(sealed=None, due_at=None))
        db.exec(delete(SignUp).where(col(SignUp.created_at) <= ctx.now - SIGN_UP_LIVES))
        # A person's present name is held without an end.
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
                col(Mail.sealed).is_(None), col(Mail.created_at) <= ctx.now - SENT_MAIL_LIVES
            )
        )
    mailer.purge(ctx.settings, before=ctx.now - SENT_MAIL_LIVES)

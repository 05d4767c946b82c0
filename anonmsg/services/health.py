"""Whether the database works, and whether emails go out."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from anonmsg.database import revisions
from anonmsg.database.tables import SignInSession
from anonmsg.runtime.context import Context
from anonmsg.services import outbox

# Longer than several attempts at a mail service that never answers.
MAIL_WITHIN = timedelta(minutes=5)


class MailStuck(Exception):
    """Raised when emails are due and this process doesn't send any."""


def check(ctx: Context) -> None:
    """Read what each event of an owner needs, and could write; raise whatever is wrong."""
    with ctx.writing() as db:
        db.exec(select(col(SignInSession.id)).limit(1)).first()


def expect_tables(ctx: Context) -> None:
    """Check that the database answers and has tables that this release knows.

    Raises:
        UnknownRevision: it has others.
    """
    with ctx.reading() as db:
        revisions.expect_known(db.connection())


def expect_mail_to_leave(ctx: Context, *, idle: timedelta) -> None:
    """Check that no email waits for a sender that has stopped.

    A mail service that is down, or refuses somebody's address, is no reason to turn people
    away: other emails and every message still go through. So an email that is overdue only
    counts if this process hasn't tried any either.

    Args:
        ctx: The context.
        idle: How long ago this process last looked for emails and tried what was due.

    Raises:
        MailStuck: an email is overdue.
    """
    if idle > MAIL_WITHIN and outbox.backlog(ctx).overdue > MAIL_WITHIN:
        raise MailStuck

"""Mailed links: each does one thing once, for one person, within a time.

A link carries 32 random bytes in the address's fragment, which no server, log
or Referer ever gets; the table has only their keyed digest, bound to the
purpose, so that a link for one thing can never do another.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.tables import MailedLink
from anonmsg.errors import LinkDead
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id, new_token


class Purpose(StrEnum):
    """What a link does."""

    RESET = "reset"
    CONFIRM_EMAIL = "confirm-email"
    UNDO_EMAIL = "undo-email"


def make(
    ctx: Context,
    purpose: Purpose,
    *,
    person_id: str,
    lives: timedelta,
    email: rules.Email | None = None,
) -> str:
    """Make a link's token, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        purpose: What it does.
        person_id: For whom.
        lives: For how long.
        email: The address that it sets, where it sets one.

    Returns:
        The token, which is kept nowhere else.
    """
    token = new_token()
    ctx.db.add(
        MailedLink(
            id=new_id(),
            purpose=purpose.value,
            digest=ctx.keyring.digests.of(_named(purpose), token),
            person_id=person_id,
            email=email.address if email else "",
            email_key=email.key if email else "",
            created_at=ctx.now,
            expires_at=ctx.now + lives,
        )
    )
    return token


def find(ctx: Context, purpose: Purpose, token: object) -> MailedLink:
    """The living link of a token, which stays usable: see `use`.

    Raises:
        LinkDead: there is none for this purpose.
    """
    digests = ctx.keyring.digests.each_of(_named(purpose), rules.text(token))
    alive = col(MailedLink.expires_at) > ctx.now
    row = ctx.db.exec(
        select(MailedLink).where(
            col(MailedLink.digest).in_(digests), MailedLink.purpose == purpose.value, alive
        )
    ).first()
    if row is None:
        raise LinkDead
    return row


def use(ctx: Context, row: MailedLink) -> None:
    """Use a link up, within the caller's transaction: of several at once, one wins.

    Raises:
        LinkDead: somebody else was first.
    """
    used = ctx.db.exec(
        delete(MailedLink).where(col(MailedLink.id) == row.id, col(MailedLink.expires_at) > ctx.now)
    )
    if used.rowcount != 1:
        raise LinkDead


def withdraw(
    ctx: Context,
    *purposes: Purpose,
    person_id: str,
    but_to: str | None = None,
    made_since: datetime | None = None,
) -> None:
    """Let a person's links of some purposes die, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        *purposes: Which.
        person_id: Whose.
        but_to: The key of an address; the links that set it live on.
        made_since: Links of before this time (aware UTC) live on.
    """
    theirs = delete(MailedLink).where(
        col(MailedLink.person_id) == person_id,
        col(MailedLink.purpose).in_([each.value for each in purposes]),
    )
    if but_to is not None:
        theirs = theirs.where(col(MailedLink.email_key) != but_to)
    if made_since is not None:
        theirs = theirs.where(col(MailedLink.created_at) >= made_since)
    ctx.db.exec(theirs)


def _named(purpose: Purpose) -> str:
    return f"mailed link {purpose.value}"

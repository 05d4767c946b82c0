"""Mailed links: each does one thing once, for one person, within a time limit.

A link carries 32 random bytes in the URL's fragment, which never reaches a server, a
log or a Referer header. The table stores only their keyed digest, bound to the purpose,
so that a link for one thing can never do another.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.tables import MailedLink
from anonmsg.errors import LinkExpired
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
        purpose: What the link does.
        person_id: Whose link it is.
        lives: How long it works.
        email: The address that it sets, if it sets one.

    Returns:
        The token, which is stored nowhere else.
    """
    token = new_token()
    ctx.db.add(
        MailedLink(
            id=new_id(),
            purpose=purpose.value,
            digest=ctx.keyring.digests.of(_digest_purpose(purpose), token),
            person_id=person_id,
            email=email.address if email else "",
            email_key=email.key if email else "",
            created_at=ctx.now,
            expires_at=ctx.now + lives,
        )
    )
    return token


def find(ctx: Context, purpose: Purpose, token: object) -> MailedLink:
    """Find the live link of a token without using it up; see `use`.

    Raises:
        LinkExpired: there is none for this purpose.
    """
    digests = ctx.keyring.digests.each_of(_digest_purpose(purpose), rules.text(token))
    alive = col(MailedLink.expires_at) > ctx.now
    row = ctx.db.exec(
        select(MailedLink).where(
            col(MailedLink.digest).in_(digests), MailedLink.purpose == purpose.value, alive
        )
    ).first()
    if row is None:
        raise LinkExpired
    return row


def use(ctx: Context, row: MailedLink) -> None:
    """Use up a link, within the caller's transaction; if several race, one wins.

    Raises:
        LinkExpired: it has expired, or another request used it first.
    """
    used = ctx.db.exec(
        delete(MailedLink).where(col(MailedLink.id) == row.id, col(MailedLink.expires_at) > ctx.now)
    )
    if used.rowcount != 1:
        raise LinkExpired


def withdraw(
    ctx: Context,
    *purposes: Purpose,
    person_id: str,
    but_to: str | None = None,
    made_since: datetime | None = None,
) -> None:
    """Invalidate a person's links for some purposes, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        *purposes: Which purposes.
        person_id: Whose links.
        but_to: The key of an address; links that set it stay valid.
        made_since: Links made before this time (aware UTC) stay valid.
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


def _digest_purpose(purpose: Purpose) -> str:
    return f"mailed link {purpose.value}"

"""Mail that is to be sent: written with what it tells, handed over by a task.

A mail is a row of the same transaction as the change it speaks of, so neither
exists without the other. It is sealed, because it may hold a code, and wiped
once the mail service has it. Handing over is at least once: a mail service
that knows idempotency keys sends it once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select, update

from anonmsg.database.tables import Mail, SignUp
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused, take_back
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.security.seals import BrokenSeal
from anonmsg.services.accounts import usernames

logger = logging.getLogger(__name__)

CODE_LIVES = timedelta(minutes=15)
RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
# A mail that nobody took in a day tells old news.
GIVEN_UP_AFTER = timedelta(days=1)
# Longer than any mail service may take to answer; then somebody else may try.
LEASE = timedelta(seconds=60)


# A mail that was sent, given up or withdrawn is wiped and waits no more, even
# where that happened while it was being handed over.
WAITS = col(Mail.sealed).is_not(None)


@dataclass(frozen=True)
class Claimed:
    """A mail that is ours to hand over, for the length of the lease."""

    id: str
    sealed: bytes
    sign_up_id: str | None
    tries: int


def post(ctx: Context, letter: Letter, *, sign_up_id: str | None = None) -> None:
    """Put a mail into the outbox, within the caller's transaction."""
    mail_id = new_id()
    sealed = ctx.keyring.seal.close(letter.to_json().encode(), bound_to=mail_id)
    ctx.db.add(
        Mail(id=mail_id, sealed=sealed, sign_up_id=sign_up_id, due_at=ctx.now, created_at=ctx.now)
    )
    ctx.mail_waits = True


def pretend(ctx: Context, letter: Letter) -> None:
    """Do what `post` does for a mail that goes to nobody: it takes as long.

    Its row is wiped from the first, so nothing is sent and nothing is kept.
    """
    mail_id = new_id()
    ctx.keyring.seal.close(letter.to_json().encode(), bound_to=mail_id)
    ctx.db.add(Mail(id=mail_id, sealed=None, due_at=None, created_at=ctx.now))
    ctx.mail_waits = True


def withdraw(ctx: Context, *, sign_up_id: str) -> None:
    """Wipe mails with a code that is dead, within the caller's transaction."""
    ctx.db.exec(
        update(Mail)
        .where(col(Mail.sign_up_id) == sign_up_id, col(Mail.sealed).is_not(None))
        .values(sealed=None, due_at=None)
    )


def forget(ctx: Context, addresses: Collection[str]) -> None:
    """Delete the mails that wait for somebody, within the caller's transaction.

    They are sealed, so each has to be opened to see whom it is to. One that is
    being handed over at the moment is missed by its sender, which takes it back.

    Args:
        ctx: Within a writing transaction.
        addresses: Theirs, in any case.
    """
    theirs = {address.casefold() for address in addresses}
    waiting = select(Mail).where(WAITS).execution_options(yield_per=100)
    found = []
    for row in ctx.db.exec(waiting):
        letter = _opened(ctx, Claimed(row.id, row.sealed or b"", row.sign_up_id, row.tries))
        if letter is not None and letter.to.casefold() in theirs:
            found.append(row.id)
    ctx.db.exec(delete(Mail).where(col(Mail.id).in_(found), WAITS))


def deliver_next(ctx: Context) -> bool:
    """Hand the mail that has waited longest over to the mail service.

    Returns:
        Whether there was one: then it is worth asking again at once.
    """
    claimed = _claim(ctx)
    if claimed is None:
        return False
    letter = _opened(ctx, claimed)
    if letter is None:
        # It will not open tomorrow either, and must not hold the others up.
        logger.error("A mail could not be opened, so it was given up.")
        _settle(ctx, claimed, sent=False)
        return True
    try:
        ctx.mailer.deliver(letter, idempotency_key=claimed.id)
    except MailRefused as refusal:
        logger.warning("A mail was not taken and will be tried again: %s", refusal)
        _put_off(ctx, claimed)
    else:
        _settle(ctx, claimed, sent=True)
        if not _is_kept(ctx, claimed):
            take_back(ctx.settings, idempotency_key=claimed.id)
    if claimed.sign_up_id:
        ctx.announce(topics.mail_of(claimed.sign_up_id))
    return True


def _claim(ctx: Context) -> Claimed | None:
    with ctx.writing() as db:
        mail = db.exec(
            select(Mail)
            .where(col(Mail.due_at) <= ctx.now, WAITS)
            .order_by(col(Mail.due_at))
            .limit(1)
        ).first()
        if mail is None or mail.sealed is None:
            return None
        won = db.exec(
            update(Mail)
            .where(col(Mail.id) == mail.id, col(Mail.due_at) == mail.due_at)
            .values(due_at=ctx.now + LEASE, tries=Mail.tries + 1)
        )
        if won.rowcount != 1:
            return None
        return Claimed(mail.id, mail.sealed, mail.sign_up_id, mail.tries)


def _opened(ctx: Context, claimed: Claimed) -> Letter | None:
    try:
        plain = ctx.keyring.seal.open(claimed.sealed, bound_to=claimed.id)
        return Letter.from_json(plain)
    except (BrokenSeal, ValueError, TypeError):
        return None


def _settle(ctx: Context, claimed: Claimed, *, sent: bool) -> None:
    with ctx.writing() as db:
        settled = db.exec(
            update(Mail)
            .where(col(Mail.id) == claimed.id, WAITS)
            .values(sealed=None, due_at=None, sent_at=ctx.now if sent else None)
        )
        if sent and claimed.sign_up_id and settled.rowcount == 1:
            db.exec(
                update(SignUp)
                .where(col(SignUp.id) == claimed.sign_up_id, col(SignUp.code_mailed_at).is_(None))
                .values(code_mailed_at=ctx.now)
            )
            usernames.extend(ctx, sign_up_id=claimed.sign_up_id, until=ctx.now + CODE_LIVES)


def _is_kept(ctx: Context, claimed: Claimed) -> bool:
    """Whether the mail's row is there: it is not if its owner was erased meanwhile."""
    with ctx.reading() as db:
        return db.exec(select(Mail.id).where(Mail.id == claimed.id)).first() is not None


def _put_off(ctx: Context, claimed: Claimed) -> None:
    wait = RETRY_AFTER[min(claimed.tries, len(RETRY_AFTER)) - 1]
    with ctx.writing() as db:
        mine = update(Mail).where(col(Mail.id) == claimed.id, WAITS)
        db.exec(mine.values(due_at=ctx.now + wait))
        old = col(Mail.created_at) <= ctx.now - GIVEN_UP_AFTER
        db.exec(mine.where(old).values(sealed=None, due_at=None))

"""The outbox: emails stored with the change they report, delivered by a background task.

An email is a row in the same transaction as its change, so neither exists without the
other. It is sealed, because it may hold a code, and wiped once the mail service has it.
Delivery is at least once; a mail service that supports idempotency keys sends each email only once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import true
from sqlmodel import col, delete, func, select, update

from anonmsg.database.engine import insert
from anonmsg.database.tables import Mail, SignUp
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused, take_back
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.metrics import here
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
# After a day without delivery, an email is old news.
GIVEN_UP_AFTER = timedelta(days=1)
# Longer than any mail service may take to answer; after that, another worker may try.
LEASE = timedelta(seconds=60)


# An email that was sent, given up or withdrawn is wiped and no longer waits, even
# if that happened while it was being delivered. The second finds the others by index.
WAITS = col(Mail.sealed).is_not(None)
HAS_TIME = col(Mail.due_at).is_not(None)


@dataclass(frozen=True)
class Claimed:
    """An email that this worker may deliver until the lease ends."""

    id: str
    sealed: bytes
    sign_up_id: str | None
    tries: int


@dataclass(frozen=True)
class Backlog:
    """The emails that wait: how many, since when the oldest one, and how long one is overdue."""

    waiting: int
    oldest: timedelta
    overdue: timedelta


def post(ctx: Context, letter: Letter, *, sign_up_id: str | None = None) -> None:
    """Put an email into the outbox, within the caller's transaction."""
    mail_id, sealed = _sealed(ctx, letter)
    ctx.db.add(
        Mail(id=mail_id, sealed=sealed, sign_up_id=sign_up_id, due_at=ctx.now, created_at=ctx.now)
    )
    ctx.mail_waits = True


def post_bulk(ctx: Context, letters: Sequence[Letter]) -> None:
    """Do the same for emails that nobody waits for: they let all others go first."""
    same = {"is_bulk": True, "due_at": ctx.now, "created_at": ctx.now}
    sealed = [_sealed(ctx, letter) for letter in letters]
    rows = [{"id": mail_id, "sealed": content, **same} for mail_id, content in sealed]
    if rows:
        ctx.db.connection().execute(insert(ctx.db, Mail), rows)
        ctx.mail_waits = True


def post_decoy(ctx: Context, letter: Letter) -> None:
    """Do the work of `post` for an email to nobody, so that it takes as long.

    The row is wiped from the start, so nothing is sent and nothing is kept.
    """
    mail_id, _ = _sealed(ctx, letter)
    ctx.db.add(Mail(id=mail_id, sealed=None, due_at=None, created_at=ctx.now))
    ctx.mail_waits = True


def withdraw(ctx: Context, *, sign_up_id: str) -> None:
    """Wipe emails whose code is no longer valid, within the caller's transaction."""
    ctx.db.exec(
        update(Mail)
        .where(col(Mail.sign_up_id) == sign_up_id, col(Mail.sealed).is_not(None))
        .values(sealed=None, due_at=None)
    )


def forget(ctx: Context, addresses: Collection[str]) -> None:
    """Delete the emails that wait for a person, within the caller's transaction.

    They are sealed, so each must be opened to see who it is for. If one is being
    delivered right now, `deliver_next` notices that its row is gone and takes the email back.

    Args:
        ctx: Within a writing transaction.
        addresses: The person's addresses, in any letter case.
    """
    theirs = {address.casefold() for address in addresses}
    waiting = select(Mail).where(WAITS).execution_options(yield_per=100)
    found = []
    for row in ctx.db.exec(waiting):
        letter = _opened(ctx, Claimed(row.id, row.sealed or b"", row.sign_up_id, row.tries))
        if letter is not None and letter.to.casefold() in theirs:
            found.append(row.id)
    ctx.db.exec(delete(Mail).where(col(Mail.id).in_(found), WAITS))


def bulk_waiting(ctx: Context) -> int:
    """Return how many emails wait that let others go first, within a transaction."""
    waiting = select(func.count()).where(HAS_TIME, col(Mail.is_bulk) == true())
    return ctx.db.exec(waiting).one()


def backlog(ctx: Context) -> Backlog:
    """Return which emails wait; durations are zero if none does."""
    with ctx.reading() as db:
        waiting = select(func.count(), func.min(Mail.created_at), func.min(Mail.due_at))
        number, created_at, due_at = db.exec(waiting.where(WAITS, HAS_TIME)).one()
    none = timedelta(0)
    return Backlog(
        number, ctx.now - (created_at or ctx.now), max(none, ctx.now - (due_at or ctx.now))
    )


def deliver_next(ctx: Context) -> bool:
    """Hand the email that has waited longest to the mail service; bulk goes last.

    Returns:
        Whether there was one; if so, it is worth calling again at once.
    """
    claimed = _claim(ctx)
    if claimed is None:
        return False
    letter = _opened(ctx, claimed)
    if letter is None:
        # It won't open tomorrow either, and must not hold up the others.
        logger.error("A mail could not be opened, so it was given up.")
        _count("given_up")
        _settle(ctx, claimed, sent=False)
        return True
    try:
        ctx.mailer.deliver(letter, idempotency_key=claimed.id)
    except MailRefused as refusal:
        if refusal.is_final:
            logger.warning("A mail can't be delivered, so it was given up: %s", refusal)
            _count("given_up")
            _settle(ctx, claimed, sent=False)
        else:
            logger.warning("A mail was not taken and will be tried again: %s", refusal)
            _count("put_off")
            _postpone(ctx, claimed)
    else:
        _count("sent")
        _settle(ctx, claimed, sent=True)
        if not _row_exists(ctx, claimed):
            take_back(ctx.settings, idempotency_key=claimed.id)
    if claimed.sign_up_id:
        ctx.announce(topics.mail_of(claimed.sign_up_id))
    return True


def _sealed(ctx: Context, letter: Letter) -> tuple[str, bytes]:
    """Return the id of a new email's row and the email, which only opens in that row."""
    mail_id = new_id()
    return mail_id, ctx.keyring.seal.close(letter.to_json().encode(), bound_to=mail_id)


def _count(outcome: str) -> None:
    here().mails.labels(outcome).inc()


def _claim(ctx: Context) -> Claimed | None:
    with ctx.writing() as db:
        mail = db.exec(
            select(Mail)
            .where(col(Mail.due_at) <= ctx.now, WAITS)
            .order_by(col(Mail.is_bulk), col(Mail.due_at))
            .limit(1)
            # One that another worker is claiming is passed over, not waited for.
            .with_for_update(skip_locked=True)
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


def _row_exists(ctx: Context, claimed: Claimed) -> bool:
    """Return whether the email's row still exists; erasing its owner deletes it."""
    with ctx.reading() as db:
        return db.exec(select(Mail.id).where(Mail.id == claimed.id)).first() is not None


def _postpone(ctx: Context, claimed: Claimed) -> None:
    wait = RETRY_AFTER[min(claimed.tries, len(RETRY_AFTER)) - 1]
    with ctx.writing() as db:
        mine = update(Mail).where(col(Mail.id) == claimed.id, WAITS)
        db.exec(mine.values(due_at=ctx.now + wait))
        old = col(Mail.created_at) <= ctx.now - GIVEN_UP_AFTER
        db.exec(mine.where(old).values(sealed=None, due_at=None))

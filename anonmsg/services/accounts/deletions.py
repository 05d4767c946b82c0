"""Deletions: an account closes at once and is erased after a week.

Owners who change their mind, or whose account somebody else tried to delete, have that
week: signing in asks them whether to keep it, and undoes nothing by itself. After it,
nothing of the person is left, neither in the tables nor readable in what the database or
the outbox folder keeps on disk. Only a keyed digest of the id stays, for 90 days, so that
a restored backup doesn't bring the account back.

The key of the inbox goes first, in a transaction of its own. Whatever breaks off after it,
nobody can read the messages any more, and the next purge deletes what is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlmodel import col, delete, or_, select, update

from anonmsg import addresses, rules
from anonmsg.database.engine import truncate_wal
from anonmsg.database.tables import InboxKey, MailedLink, Person, SignInSession, SignUp
from anonmsg.errors import AccountKept, NotSignedIn, UsernameDoesNotMatch
from anonmsg.locale import _, date_in_words
from anonmsg.mail import letters, mailer
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.accounts import erasures, sign_ups
from anonmsg.services.form_checks import check_all
from anonmsg.services.inbox import inbox_keys, removals
from anonmsg.services.sessions import reauthentication, sessions

LEAVES_AFTER = timedelta(days=7)


def schedule(
    ctx: Context, *, owner_id: str, session_id: str, password: object, username: object
) -> datetime:
    """Close an account at once, and schedule its erasure in a week.

    Args:
        ctx: The context.
        owner_id: Whose account.
        session_id: The session that asks.
        password: As typed; required however recent the last check is.
        username: As typed, to confirm that this account is meant.

    Returns:
        When the account will be erased.

    Raises:
        UsernameDoesNotMatch: it is not the account's username.
        ReauthenticationNeeded: no password was given.
        IncorrectPassword: the password is wrong.
        FormRefused: both the username and the password are refused.
        TooManyAttempts: there were five wrong passwords within 15 minutes.
        NotSignedIn: the account or the session is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    key = person.username_key
    check_all(
        lambda: _confirm_username(username, key),
        lambda: reauthentication.require(
            ctx, owner_id=owner_id, session_id=session_id, password=password, always=True
        ),
    )
    leaves_at = ctx.now + LEAVES_AFTER
    with ctx.writing() as db:
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        not_scheduled = col(Person.id) == owner_id, col(Person.leaves_at).is_(None)
        if db.exec(update(Person).where(*not_scheduled).values(leaves_at=leaves_at)).rowcount != 1:
            # Another tab was first, and ended this session.
            raise NotSignedIn
        sessions.end_all(ctx, person_id=owner_id)
        outbox.post(ctx, _notice(ctx, person, leaves_at))
    ctx.announce(topics.page_of(person.username_key))
    return leaves_at


def keep(ctx: Context, *, owner_id: str, session_id: str) -> None:
    """Call the deletion off: the page opens again, and the owner is told by email.

    An account that another tab has just kept stays kept, and no second email is sent.

    Raises:
        NotSignedIn: the session has ended, or the account has just been erased.
    """
    with ctx.writing() as db:
        person = _chosen_for(ctx, owner_id, session_id)
        leaving = col(Person.id) == owner_id, col(Person.leaves_at).is_not(None)
        if db.exec(update(Person).where(*leaving).values(leaves_at=None)).rowcount != 1:
            return
        outbox.post(ctx, _undone(ctx, person))
        username_key = person.username_key
    ctx.announce(topics.page_of(username_key))
    ctx.announce(topics.sessions_of(owner_id))


def leave_as_planned(ctx: Context, *, owner_id: str, session_id: str) -> datetime:
    """Leave the deletion as scheduled, and sign the owner out everywhere again.

    Returns:
        When the account will be erased.

    Raises:
        AccountKept: another tab has called the deletion off.
        NotSignedIn: the session has ended, or the account has just been erased.
    """
    with ctx.writing():
        leaves_at = _chosen_for(ctx, owner_id, session_id).leaves_at
        if leaves_at is None:
            raise AccountKept
        sessions.end_all(ctx, person_id=owner_id)
    return leaves_at


def goodbye(leaves_at: datetime) -> str:
    """Say until when a deletion can be called off."""
    sentence = _(
        "Your account will be deleted on {when}. Sign in before then if you change your mind."
    )
    return sentence.format(when=date_in_words(leaves_at))


def planned(leaves_at: datetime | None) -> str:
    """Say when an account will be deleted, to the owner who is asked whether to keep it."""
    sentence = _(
        "It will be permanently deleted on {when}, with every message in it. "
        "Until then nobody can see your page."
    )
    return sentence.format(when=date_in_words(leaves_at)) if leaves_at else ""


def kept() -> str:
    """Say that a deletion has been called off."""
    return _("We've kept your account. Your page is open again.")


def leaves_at_of_ended(ctx: Context, *, session_id: str) -> datetime | None:
    """Return when the account of a session that its deletion has ended will be erased.

    So each tab that a deletion signs out can say why. A session that had ended before
    belongs to a browser that need not know.
    """
    with ctx.reading() as db:
        theirs = select(SignInSession.ended_at, Person.leaves_at).join(
            Person, col(Person.id) == col(SignInSession.person_id)
        )
        found = db.exec(theirs.where(SignInSession.id == session_id)).first()
    ended_at, leaves_at = found or (None, None)
    if ended_at is None or leaves_at is None or ended_at < leaves_at - LEAVES_AFTER:
        return None
    return leaves_at


def _confirm_username(typed: object, key: str) -> None:
    if rules.username_key(typed) != key:
        raise UsernameDoesNotMatch


def erase(ctx: Context, *, person_id: str) -> bool:
    """Erase a person and everything of theirs; an unknown id is not an error.

    Returns:
        Whether SQLite's log was emptied as well; if not, the next purge does it.

    Raises:
        OSError: the outbox folder can't be cleaned. The account is closed and its messages
            can't be read any more; the next purge deletes them.
    """
    _erase(ctx, person_id)
    erasures.mirror(ctx)
    return truncate_wal(ctx.db)


def erase_due(ctx: Context) -> None:
    """Erase everyone whose week is over; several workers may run it at once.

    The log is emptied every time, because it also holds deleted messages.

    Raises:
        OSError: the outbox folder can't be cleaned; see `erase`.
    """
    is_due = col(Person.leaves_at) <= ctx.now
    with ctx.reading() as db:
        due = db.exec(select(Person.id).where(is_due)).all()
    for person_id in due:
        # Anyone who has kept their account since the query above stays.
        _erase(ctx, person_id, is_due)
    if due:
        erasures.mirror(ctx)
    truncate_wal(ctx.db)


def _erase(ctx: Context, person_id: str, *only_if: ColumnElement[bool]) -> None:
    if not _make_unreadable(ctx, person_id, *only_if):
        return
    # The log still has the key.
    truncate_wal(ctx.db)
    removals.delete_all(ctx, owner_id=person_id)
    target = col(Person.id) == person_id
    with ctx.writing() as db:
        found = select(Person.username_key, Person.email, Person.email_key).where(target)
        row = db.exec(found.with_for_update()).first()
        if row is None:
            return
        username_key, email, email_key = row
        theirs = SignUp.email_key == email_key, SignUp.username_key == username_key
        sign_ups.forget(ctx, *db.exec(select(SignUp).where(or_(*theirs))).all())
        # Addresses that they recently had or requested received emails too.
        links = select(MailedLink.email).where(MailedLink.person_id == person_id)
        addresses = {email, *db.exec(links).all()} - {""}
        outbox.forget(ctx, addresses)
        db.exec(delete(Person).where(target))
        erasures.record(ctx, person_id=person_id)
        # Last, because deleted files don't roll back; before the commit, because a retry
        # still needs the addresses.
        mailer.forget(ctx.settings, addresses)
    ctx.announce(topics.page_of(username_key))
    ctx.announce(topics.sessions_of(person_id))


def _make_unreadable(ctx: Context, person_id: str, *only_if: ColumnElement[bool]) -> bool:
    """Delete the key of an account's messages and close it for good; commit that.

    From then on nobody can keep it (see `_chosen_for`), and it's due to be erased.

    Returns:
        Whether there is such an account.
    """
    target = col(Person.id) == person_id, *only_if
    is_later = col(Person.leaves_at).is_(None) | (col(Person.leaves_at) > ctx.now)
    leaves_at = case((is_later, ctx.now), else_=col(Person.leaves_at))
    with ctx.writing() as db:
        closed = db.exec(update(Person).where(*target).values(leaves_at=leaves_at))
        if closed.rowcount != 1:
            return False
        inbox_keys.forget(ctx, person_id=person_id)
    return True


def _chosen_for(ctx: Context, owner_id: str, session_id: str) -> Person:
    """Lock the person whose tab has chosen, before their sessions: two tabs may choose at once.

    Raises:
        NotSignedIn: the session has ended, or the account has just been erased.
    """
    # Without its key the account is being erased, and its messages are gone.
    has_key = select(InboxKey.person_id).where(InboxKey.person_id == owner_id).exists()
    mine = select(Person).where(Person.id == owner_id, has_key).with_for_update()
    person = ctx.db.exec(mine).first()
    if person is None:
        raise NotSignedIn
    reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
    return person


def _notice(ctx: Context, person: Person, leaves_at: datetime) -> letters.Letter:
    return letters.deletion_scheduled(
        to=person.email,
        username=person.username,
        sign_in_url=addresses.link(ctx.settings.site, addresses.SIGN_IN),
        on=leaves_at,
    )


def _undone(ctx: Context, person: Person) -> letters.Letter:
    return letters.deletion_undone(
        to=person.email,
        username=person.username,
        settings_url=addresses.link(ctx.settings.site, addresses.SETTINGS),
    )

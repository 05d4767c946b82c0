"""Email changes: a link to the new address confirms, a link to the old one undoes.

Someone who takes over an open browser therefore can't take the account away: the old
address is told at once, and can undo the change for a week.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import MailedLink, Person
from anonmsg.errors import EmailTaken, LinkExpired, SameEmail
from anonmsg.mail import letters
from anonmsg.runtime.context import Context
from anonmsg.services import counters, outbox
from anonmsg.services.accounts import mailed_links
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.accounts.uniqueness import duplicates_refused
from anonmsg.services.form_checks import check_all
from anonmsg.services.sessions import reauthentication, sessions, two_factor

CONFIRM_LIVES = timedelta(minutes=30)
UNDO_LIVES = timedelta(days=7)
ASKED_A_DAY = 5


def request(
    ctx: Context, *, owner_id: str, session_id: str, email: object, password: object = ""
) -> None:
    """Email a link to a new address; the account keeps the old one until it is opened.

    Raises:
        InvalidEmail: it can't be an email address.
        SameEmail: it is already the account's address.
        EmailTaken: another account has it, and the operator doesn't hide that.
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        FormRefused: both the address and the password are refused.
        TooManyAttempts: there were five requests today, or too many wrong passwords.
    """
    address, _none = check_all(
        lambda: _another_address(ctx, owner_id, email),
        lambda: reauthentication.require(
            ctx, owner_id=owner_id, session_id=session_id, password=password
        ),
    )
    with ctx.writing():
        # Commit the count before answering: the answer can reveal who has an account.
        counters.spend(ctx, "new email", owner_id, limit=ASKED_A_DAY, period=timedelta(days=1))
    with ctx.writing() as db:
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        person = db.get_one(Person, owner_id)
        other = db.exec(select(Person).where(Person.email_key == address.key)).first()
        # Every link to this address works; links to another one may have been a typo.
        mailed_links.withdraw(ctx, Purpose.CONFIRM_EMAIL, person_id=owner_id, but_to=address.key)
        if other is not None and not ctx.settings.hide_registered_emails:
            raise EmailTaken
        if other is not None:
            site = addresses.link(ctx.settings.site, addresses.SIGN_IN)
            letter = letters.already_registered(
                to=other.email, username=other.username, sign_in_url=site
            )
        else:
            letter = _confirmation(ctx, person, address)
        outbox.post(ctx, letter)


def confirm(ctx: Context, *, link: object, network: str) -> None:
    """Switch the account to the new address, and tell the old one how to undo it.

    Raises:
        LinkExpired: the link was used, has expired or never existed.
        EmailTaken: another account has been verified with this address in the meantime.
        TooManyAttempts: too many links were opened from this network.
    """
    with _using_link(ctx, Purpose.CONFIRM_EMAIL, link, network) as (person, row):
        before = rules.Email(person.email, person.email_key)
        _set_email(ctx, person, row)
        mailed_links.withdraw(ctx, Purpose.CONFIRM_EMAIL, Purpose.RESET, person_id=person.id)
        outbox.post(ctx, _notice(ctx, person, before))


def undo(ctx: Context, *, link: object, network: str) -> None:
    """Restore the old address and end every session: somebody else may be signed in.

    This also reverts what came after the change: it withdraws the links to later
    addresses, and turns off a second factor that the owner couldn't know about. Undo
    links to earlier addresses stay valid, so that an attacker can't use one undo to block another.

    Raises:
        LinkExpired: the link was used, has expired or never existed.
        EmailTaken: another account has been verified with this address in the meantime.
        TooManyAttempts: too many links were opened from this network.
    """
    with _using_link(ctx, Purpose.UNDO_EMAIL, link, network) as (person, row):
        _set_email(ctx, person, row)
        mailed_links.withdraw(ctx, Purpose.CONFIRM_EMAIL, Purpose.RESET, person_id=person.id)
        mailed_links.withdraw(
            ctx, Purpose.UNDO_EMAIL, person_id=person.id, made_since=row.created_at
        )
        sessions.end_all(ctx, person_id=person.id)
        if person.totp_on_at is not None and person.totp_on_at >= row.created_at:
            two_factor.disable(ctx, person_id=person.id)


def _another_address(ctx: Context, owner_id: str, email: object) -> rules.Email:
    address = rules.email(email)
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is not None and person.email_key == address.key:
        raise SameEmail
    return address


@contextmanager
def _using_link(
    ctx: Context, purpose: Purpose, link: object, network: str
) -> Iterator[tuple[Person, MailedLink]]:
    """Use up a link in one transaction, and yield its person and its row."""
    ctx.rate_limits.spend("mailed_link", network)
    with ctx.reading():
        row = mailed_links.find(ctx, purpose, link)
    with duplicates_refused(), ctx.writing() as db:
        mailed_links.use(ctx, row)
        person = db.get(Person, row.person_id)
        if person is None or person.banned_at:
            raise LinkExpired
        yield person, row


def _set_email(ctx: Context, person: Person, row: MailedLink) -> None:
    """Set the account's address from a link, and reload the person's row."""
    changed = update(Person).where(col(Person.id) == person.id)
    ctx.db.exec(changed.values(email=row.email, email_key=row.email_key))
    ctx.db.refresh(person)


def _confirmation(ctx: Context, person: Person, address: rules.Email) -> letters.Letter:
    token = mailed_links.make(
        ctx, Purpose.CONFIRM_EMAIL, person_id=person.id, lives=CONFIRM_LIVES, email=address
    )
    return letters.confirm_email(
        to=address.address,
        username=person.username,
        link=addresses.link(ctx.settings.site, addresses.CONFIRM_EMAIL, token),
        minutes=int(CONFIRM_LIVES.total_seconds() // 60),
    )


def _notice(ctx: Context, person: Person, before: rules.Email) -> letters.Letter:
    token = mailed_links.make(
        ctx, Purpose.UNDO_EMAIL, person_id=person.id, lives=UNDO_LIVES, email=before
    )
    return letters.email_changed(
        to=before.address,
        username=person.username,
        link=addresses.link(ctx.settings.site, addresses.UNDO_EMAIL, token),
        days=UNDO_LIVES.days,
    )

"""Passwords that are replaced: by a mailed link where one is forgotten, or in the settings.

Asking for a link says and does the same for every address, so that nobody
learns by it who has an account.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import Person
from anonmsg.errors import (
    N_,
    IncorrectPassword,
    InvalidNewPassword,
    InvalidPassword,
    LinkDead,
    NotSignedIn,
)
from anonmsg.locale import _
from anonmsg.mail import letters
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_token
from anonmsg.services import outbox
from anonmsg.services.accounts import mailed_links
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import reauthentication, sessions

LINK_LIVES = timedelta(minutes=30)
NOBODY = "somebody"


def ask(ctx: Context, *, email: object, network: str) -> None:
    """Mail a link to whoever has this address; `asked` is the answer in any case.

    Raises:
        InvalidEmail: it cannot be an address.
        TooManyAttempts: too many from this network or for this address.
    """
    address = rules.email(email)
    ctx.rate_limits.spend("forgot_hour", network)
    ctx.rate_limits.spend("forgot_day", network)
    ctx.rate_limits.spend("forgot_address", ctx.keyring.digests.of("address", address.key))
    with ctx.writing() as db:
        mine = Person.email_key == address.key, col(Person.banned_at).is_(None)
        person = db.exec(select(Person).where(*mine)).first()
        # The same work and the same kind of row, so that time does not tell. A link
        # that was asked for before stays good: whichever mail is opened, it works.
        if person is None:
            outbox.pretend(ctx, _letter(ctx, address.address, NOBODY, new_token()))
            return
        token = mailed_links.make(ctx, Purpose.RESET, person_id=person.id, lives=LINK_LIVES)
        outbox.post(ctx, _letter(ctx, person.email, person.username, token))


def asked() -> str:
    """What everyone is told who has asked for a link."""
    return _("If an account has this address, a link is on its way. It works for 30 minutes.")


def reset(ctx: Context, *, link: object, password: object, network: str) -> None:
    """Set a new password by a mailed link, and end every sign-in.

    The second factor, if there is one, stays: a mailbox alone opens no account
    that has one.

    Raises:
        LinkDead: the link was used, is too old, or never was one.
        InvalidPassword: too short, too long or too easy; the link stays usable.
        TooManyAttempts: too many links from this network.
    """
    ctx.rate_limits.spend("mailed_link", network)
    with ctx.reading() as db:
        row = mailed_links.find(ctx, Purpose.RESET, link)
        person = db.get(Person, row.person_id)
    if person is None or person.banned_at:
        raise LinkDead
    chosen = rules.new_password(password, about=(person.username, person.email))
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        mailed_links.use(ctx, row)
        _replace(ctx, person, hashed)


def change(ctx: Context, *, owner_id: str, session_id: str, current: object, new: object) -> None:
    """Change the password in the settings, and end every other sign-in.

    Raises:
        InvalidNewPassword: too short, too long, too easy, or the one of until now.
        ReauthenticationNeeded: the current password is missing, or IncorrectPassword.
        TooManyAttempts: five wrong ones within a quarter of an hour.
        NotSignedIn: the account or the sign-in is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    try:
        chosen = rules.new_password(new, about=(person.username, person.email))
    except InvalidPassword as refusal:
        raise InvalidNewPassword(str(refusal)) from None
    reauthentication.need(
        ctx, owner_id=owner_id, session_id=session_id, password=current, always=True
    )
    if chosen == rules.password(current):
        raise InvalidNewPassword(N_("This is your password already. Choose another one."))
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        reauthentication.hold(ctx, owner_id=owner_id, session_id=session_id)
        _replace(ctx, person, hashed, but=session_id)


def _replace(ctx: Context, person: Person, hashed: str, *, but: str = "") -> None:
    """Set another password in the place of the one that the person has had until now.

    Whoever was in may have asked for another address, too: that link dies.
    """
    same = col(Person.id) == person.id, col(Person.password_hash) == person.password_hash
    replaced = ctx.db.exec(update(Person).where(*same).values(password_hash=hashed))
    if replaced.rowcount != 1:
        # Another change was quicker, so the password that was given is an old one.
        raise IncorrectPassword
    sessions.end_all(ctx, person_id=person.id, but=but)
    mailed_links.withdraw(ctx, Purpose.RESET, Purpose.CONFIRM_EMAIL, person_id=person.id)
    letter = letters.password_changed(
        to=person.email,
        username=person.username,
        forgot_url=addresses.link(ctx.settings.site, addresses.FORGOT_PASSWORD),
    )
    outbox.post(ctx, letter)


def _letter(ctx: Context, to: str, username: str, token: str) -> letters.Letter:
    return letters.reset_password(
        to=to,
        username=username,
        link=addresses.link(ctx.settings.site, addresses.RESET_PASSWORD, token),
        minutes=int(LINK_LIVES.total_seconds() // 60),
    )

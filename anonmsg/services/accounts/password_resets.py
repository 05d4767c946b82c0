"""Password changes: by an emailed link if it is forgotten, or in the settings.

Asking for a link says and does the same for every address, so that it reveals nothing
about who has an account.
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
    LinkExpired,
    NotSignedIn,
)
from anonmsg.locale import _
from anonmsg.mail import letters
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_token
from anonmsg.services import outbox
from anonmsg.services.accounts import address_limits, mailed_links
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.form_checks import check_all
from anonmsg.services.sessions import reauthentication, sessions

LINK_LIVES = timedelta(minutes=30)
NOBODY = "somebody"


def request(ctx: Context, *, email: object, network: str) -> None:
    """Email a reset link to the owner of this address; the answer is always `asked`.

    Raises:
        InvalidEmail: it can't be an email address.
        TooManyAttempts: there were too many requests from this network or for this address.
    """
    ctx.rate_limits.spend("forgot_hour", network)
    ctx.rate_limits.spend("forgot_day", network)
    address = rules.email(email)
    address_limits.spend(ctx, "forgot_address", address.key, network)
    with ctx.writing() as db:
        mine = Person.email_key == address.key, col(Person.banned_at).is_(None)
        person = db.exec(select(Person).where(*mine)).first()
        # Both cases do the same work and write the same kind of row, so timing reveals
        # nothing. Earlier links stay valid: whichever email the person opens works.
        if person is None:
            outbox.post_decoy(ctx, _letter(ctx, address.address, NOBODY, new_token()))
            return
        token = mailed_links.make(ctx, Purpose.RESET, person_id=person.id, lives=LINK_LIVES)
        outbox.post(ctx, _letter(ctx, person.email, person.username, token))


def request_answer() -> str:
    """Return the answer that everyone who asks for a link gets."""
    return _("If there's an account for that address, we've sent a link. It works for 30 minutes.")


def reset(ctx: Context, *, link: object, password: object, network: str) -> None:
    """Set a new password through an emailed link, and end every session.

    The second factor, if there is one, stays on: access to the mailbox alone doesn't
    open the account.

    Raises:
        LinkExpired: the link was used, has expired or never existed.
        InvalidPassword: it is too short, too long or too easy to guess; the link stays usable.
        TooManyAttempts: too many links were opened from this network.
    """
    ctx.rate_limits.spend("mailed_link", network)
    with ctx.reading() as db:
        row = mailed_links.find(ctx, Purpose.RESET, link)
        person = db.get(Person, row.person_id)
    if person is None or person.banned_at:
        raise LinkExpired
    chosen = rules.new_password(password, about=(person.username, person.email))
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        mailed_links.use(ctx, row)
        _replace(ctx, person, hashed)


def change(ctx: Context, *, owner_id: str, session_id: str, current: object, new: object) -> None:
    """Change the password in the settings, and end every other session.

    Raises:
        InvalidNewPassword: it is too short, too long, too easy to guess, or the current one.
        ReauthenticationNeeded: the current password is missing.
        IncorrectPassword: the current password is wrong.
        FormRefused: both passwords are refused.
        TooManyAttempts: there were five wrong passwords within 15 minutes.
        NotSignedIn: the account or the session is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    about = person.username, person.email
    # In the order of the form, where the first refused field gets the focus.
    _none, chosen = check_all(
        lambda: reauthentication.require(
            ctx, owner_id=owner_id, session_id=session_id, password=current, always=True
        ),
        lambda: _new_password(new, about=about),
    )
    if chosen == rules.password(current):
        raise InvalidNewPassword(N_("That's already your password. Choose a different one."))
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        _replace(ctx, person, hashed, but=session_id)


def _new_password(value: object, *, about: tuple[str, ...]) -> str:
    try:
        return rules.new_password(value, about=about)
    except InvalidPassword as refusal:
        raise InvalidNewPassword(str(refusal)) from None


def _replace(ctx: Context, person: Person, hashed: str, *, but: str = "") -> None:
    """Replace the password, unless it has changed since it was checked.

    An intruder may have requested an email change, so those links die too.
    """
    same = col(Person.id) == person.id, col(Person.password_hash) == person.password_hash
    replaced = ctx.db.exec(update(Person).where(*same).values(password_hash=hashed))
    if replaced.rowcount != 1:
        # Another change was first, so the password that was given is out of date.
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

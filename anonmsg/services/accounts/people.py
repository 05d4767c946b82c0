"""People: created once verified, shown to others, open or closed to messages."""

from __future__ import annotations

from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import NotSignedIn
from anonmsg.public import Owner
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services.accounts import sign_ups, usernames
from anonmsg.services.accounts.uniqueness import duplicates_refused
from anonmsg.services.inbox import inbox_keys, pauses


def make(
    ctx: Context,
    *,
    name: rules.Username,
    address: rules.Email,
    password_hash: str,
    sign_up_id: str = "",
) -> None:
    """Create a verified person, within the caller's transaction.

    All sign-ups for the address are deleted: the first person verified has it.

    Args:
        ctx: The context.
        name: Their username.
        address: Their email address.
        password_hash: The hash of their password.
        sign_up_id: The sign-up that may hold the username for them.

    Raises:
        UsernameTaken: somebody has it, or holds it while a code is valid.
        EmailTaken: the address has an account.
    """
    person = Person(
        id=new_id(),
        username=name.shown,
        username_key=name.key,
        email=address.address,
        email_key=address.key,
        password_hash=password_hash,
        created_at=ctx.now,
    )
    with duplicates_refused():
        ctx.db.add(person)
        ctx.db.flush()
    inbox_keys.make(ctx, person_id=person.id)
    usernames.give(ctx, name.key, sign_up_id=sign_up_id, person_id=person.id)
    waiting = ctx.db.exec(select(SignUp).where(SignUp.email_key == address.key)).all()
    sign_ups.forget(ctx, *waiting)


def owner(ctx: Context, *, owner_id: str) -> Owner:
    """Return what signed-in owners see about themselves.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    link = addresses.public_link(ctx.settings.site, person.username)
    called = person.display_name or person.username
    until = person.paused_until
    paused = until.isoformat() if until is not None and pauses.is_on(until, ctx.now) else ""
    return Owner(person.username, person.accepts_messages, link, called, paused)


def accept_messages(ctx: Context, *, owner_id: str, accepts: object) -> bool:
    """Open or close an inbox; senders see it at once.

    Returns:
        Whether it is now open.
    """
    with ctx.writing() as db:
        db.exec(
            update(Person)
            .where(col(Person.id) == owner_id)
            .values(accepts_messages=accepts is True)
        )
        key = db.exec(select(Person.username_key).where(Person.id == owner_id)).first()
    ctx.announce(topics.page_of(key or ""))
    ctx.announce(topics.inbox_of(owner_id))
    return accepts is True

"""People, sign-ups and messages, most of them created through the real use cases."""

from __future__ import annotations

from datetime import timedelta

import pyotp

from anonmsg import rules
from anonmsg.database.tables import HeldUsername, Message, Person
from anonmsg.errors import PageNotFound
from anonmsg.public import PublicPage
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services import outbox
from anonmsg.services.accounts import page_lookup, sign_ups
from anonmsg.services.inbox.messages import Draft, send_all
from anonmsg.services.sessions import recovery_codes
from tests.engine_reader import EngineReader

PASSWORD = "correct horse battery staple"
NETWORK = "network-of-the-tests"


def person(
    ctx: Context, username: str = "ada", *, password: str = PASSWORD, accepts: bool = True
) -> Person:
    """Create a verified person without going through an email."""
    made = Person(
        id=new_id(),
        username=username,
        username_key=username.lower(),
        email=f"{username}@example.com",
        email_key=f"{username.lower()}@example.com",
        password_hash=ctx.passwords.hash(password),
        accepts_messages=accepts,
        created_at=ctx.now,
    )
    with ctx.writing() as db:
        db.add(made)
        db.flush()
        db.add(HeldUsername(username_key=made.username_key, person_id=made.id))
    return made


def two_factor(ctx: Context, owner: Person) -> tuple[pyotp.TOTP, list[str]]:
    """Give someone an authenticator app and recovery codes, as if set up long ago."""
    app = pyotp.TOTP(pyotp.random_base32())
    sealed = ctx.keyring.seal.close(app.secret.encode(), bound_to=f"second factor of {owner.id}")
    with ctx.writing() as db:
        kept = db.get_one(Person, owner.id)
        kept.totp_sealed, kept.totp_on_at = sealed, ctx.now
        codes = recovery_codes.replace_all(ctx, person_id=owner.id)
    return app, codes


def sign_up(ctx: Context, username: str = "ada", **fields: str) -> str:
    """Sign up and deliver the email; return the browser's random id."""
    asked = {"email": f"{username}@example.com", "password": PASSWORD, "network": NETWORK} | fields
    browser = sign_ups.sign_up(ctx, username=username, **asked)
    while outbox.deliver_next(ctx):
        pass
    return browser


def messages(ctx: Context, owner: Person, *texts: str) -> list[Message]:
    """Add messages to an inbox, one second apart, the last text being the newest."""
    made = [
        Message(person_id=owner.id, content=text, sent_at=ctx.now + timedelta(seconds=i))
        for i, text in enumerate(texts)
    ]
    with ctx.writing() as db:
        db.add_all(made)
    return made


def send(
    ctx: Context, *, username: str, content: object, key: object = "", network: str = NETWORK
) -> None:
    """Send one message as a sender does, raising the refusal if there is one."""
    (refusal,) = send_all(ctx, [Draft(username, content, network, key)])
    if refusal is not None:
        raise refusal


def page(ctx: Context, *, username: object) -> PublicPage:
    """What anyone may know about an inbox now.

    Raises:
        PageNotFound: there is no such page.
    """
    reader = EngineReader(ctx.db.get_bind())
    found = page_lookup.page(reader, ctx.now, rules.username_key(username))
    if found is None:
        raise PageNotFound
    return found

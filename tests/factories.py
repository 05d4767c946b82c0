"""People, sign-ups and messages, made by the use cases themselves."""

from __future__ import annotations

from datetime import timedelta

import pyotp

from anonmsg.database.tables import HeldUsername, Message, Person
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups
from anonmsg.services.inbox.messages import Draft, send_all
from anonmsg.services.sessions import recovery_codes

PASSWORD = "correct horse battery staple"
NETWORK = "network-of-the-tests"


def person(
    ctx: Context, username: str = "ada", *, password: str = PASSWORD, accepts: bool = True
) -> Person:
    """A verified person, without the detour through a mail."""
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
    """Somebody's authenticator app and recovery codes, as if turned on long ago."""
    app = pyotp.TOTP(pyotp.random_base32())
    sealed = ctx.keyring.seal.close(app.secret.encode(), bound_to=f"second factor of {owner.id}")
    with ctx.writing() as db:
        kept = db.get_one(Person, owner.id)
        kept.totp_sealed, kept.totp_on_at = sealed, ctx.now
        codes = recovery_codes.fresh(ctx, person_id=owner.id)
    return app, codes


def sign_up(ctx: Context, username: str = "ada", **fields: str) -> str:
    """A sign-up whose mail has been handed over; returns the browser's random id."""
    asked = {"email": f"{username}@example.com", "password": PASSWORD, "network": NETWORK} | fields
    browser = sign_ups.sign_up(ctx, username=username, **asked)
    while outbox.deliver_next(ctx):
        pass
    return browser


def messages(ctx: Context, owner: Person, *texts: str) -> list[Message]:
    """Messages in someone's inbox, a second apart, the last text the newest."""
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
    """Leave one message as a sender does; raises what is refused."""
    (refusal,) = send_all(ctx, [Draft(username, content, network, key)])
    if refusal is not None:
        raise refusal

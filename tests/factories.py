"""People, sign-ups and messages, most of them created through the real use cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlmodel import select

from anonmsg import rules
from anonmsg.database.tables import HeldUsername, Message, Person
from anonmsg.errors import PageNotFound
from anonmsg.public import PublicPage
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services import outbox
from anonmsg.services.accounts import page_lookup, sign_ups
from anonmsg.services.inbox import inbox_keys, reading
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
        inbox_keys.make(ctx, person_id=made.id)
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


@dataclass(frozen=True)
class Sent:
    """A message as a test made it."""

    id: str
    content: str
    sent_at: datetime


def messages(
    ctx: Context, owner: Person, *texts: str, sent_at: Sequence[datetime] = (), **fields: Any
) -> list[Sent]:
    """Add messages to an inbox, one second apart, the last text being the newest.

    Args:
        ctx: The context.
        owner: Whose inbox.
        *texts: What they say.
        sent_at: When each was sent, if that matters.
        **fields: More columns of each, such as its folder.
    """
    times = list(sent_at) or [ctx.now + timedelta(seconds=i) for i, _ in enumerate(texts)]
    made = [Sent(new_id(), text, at) for text, at in zip(texts, times, strict=True)]
    with ctx.writing() as db:
        cipher = inbox_keys.of(ctx, owner_id=owner.id)
        assert cipher is not None
        for each in made:
            sealed = cipher.close(each.content, message_id=each.id)
            db.add(
                Message(
                    id=each.id, person_id=owner.id, sealed=sealed, sent_at=each.sent_at, **fields
                )
            )
    return made


def stored(ctx: Context) -> list[str]:
    """The texts of all messages of everybody, in any folder."""
    with ctx.reading() as db:
        asked = select(Message.person_id, *reading.COLUMNS)
        found = db.exec(asked).all()
        ciphers = {each[0]: inbox_keys.of(ctx, owner_id=each[0]) for each in found}
    return [reading.Row(*each[1:]).text(ciphers[each[0]]) for each in found]


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

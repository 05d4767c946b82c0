"""Creates accounts for the benchmarks with the app's own code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from anonmsg.config import load
from anonmsg.database.tables import HeldUsername, Message, Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.codes import new_id
from anonmsg.services import peppers
from anonmsg.services.inbox import inbox_keys

PASSWORD = "correct horse battery staple"


def make(data: Path, *, name: str = "ada", messages: int = 0, database: str = "") -> None:
    """Add a verified person with a number of messages to a database.

    Args:
        data: The data folder, which has the secrets.
        name: Their username.
        messages: How many messages they have.
        database: The database as DATABASE_URL, by default SQLite in the data folder.
    """
    runtime = Runtime.of(load(data_dir=data, database_url=database))
    runtime.database.migrate()
    with runtime.context() as ctx:
        peppers.check(ctx)
    with runtime.context() as ctx, ctx.writing() as db:
        person = Person(
            id=new_id(),
            username=name,
            username_key=name,
            email=f"{name}@example.com",
            email_key=f"{name}@example.com",
            password_hash=ctx.keyring.passwords.hash(PASSWORD),
            created_at=ctx.now,
        )
        db.add(person)
        db.flush()
        db.add(HeldUsername(username_key=name, person_id=person.id))
        inbox_keys.make(ctx, person_id=person.id)
        cipher = inbox_keys.of(ctx, owner_id=person.id)
        old = [
            {
                "id": (message_id := new_id()),
                "person_id": person.id,
                "content": "",
                "sealed": cipher and cipher.close("An old message.", message_id=message_id),
                "sent_at": ctx.now - timedelta(seconds=number),
                "is_unread": True,
            }
            for number in range(messages)
        ]
        if old:
            db.execute(Message.__table__.insert(), old)
    runtime.close()


def crowd(data: Path, emails: list[str], *, database: str = "") -> None:
    """Add a verified person for each address to a database, all with the same password.

    Args:
        data: The data folder, which has the secrets.
        emails: What stands before the @ becomes the username.
        database: The database as DATABASE_URL, by default SQLite in the data folder.
    """
    runtime = Runtime.of(load(data_dir=data, database_url=database))
    runtime.database.migrate()
    with runtime.context() as ctx:
        peppers.check(ctx)
        hashed = ctx.keyring.passwords.hash(PASSWORD)
    with runtime.context() as ctx, ctx.writing() as db:
        for email in emails:
            name = email.partition("@")[0]
            person = Person(
                id=new_id(),
                username=name,
                username_key=name,
                email=email,
                email_key=email,
                password_hash=hashed,
                created_at=ctx.now,
            )
            db.add(person)
            db.flush()
            inbox_keys.make(ctx, person_id=person.id)
            db.add(HeldUsername(username_key=name, person_id=person.id))
    runtime.close()

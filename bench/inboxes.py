"""Reads the inboxes of a data folder with the app's own code, beside a running server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, select

from anonmsg.config import load
from anonmsg.database.tables import Message, Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import inbox_keys, reading


def texts(data: Path, *names: str, database_url: str = "") -> list[str]:
    """Return the texts of everybody's messages, or of some people's, oldest first.

    Args:
        data: The data folder.
        names: Whose inboxes; everybody's by default.
        database_url: The address of the database, unless it's a file in the folder.
    """
    runtime = Runtime.of(load(data_dir=data, database_url=database_url, secrets_are_made=False))
    # Messages of one second lie in the order in which they came.
    is_sqlite = runtime.database.engine.dialect.name == "sqlite"
    inserted = text("messages.rowid" if is_sqlite else "messages.ctid")
    asked = select(col(Message.person_id), *reading.COLUMNS).join(Person)
    if names:
        asked = asked.where(col(Person.username).in_(names))
    try:
        with runtime.context() as ctx, ctx.reading() as db:
            found = db.connection().execute(asked.order_by(col(Message.sent_at), inserted)).all()
            owners = {each[0] for each in found}
            ciphers = {each: inbox_keys.of(ctx, owner_id=each) for each in owners}
        return [reading.Row(*row[1:]).text(ciphers[row[0]]) for row in found]
    finally:
        runtime.close()

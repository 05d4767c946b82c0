"""Reads the inboxes of a data folder with the app's own code, beside a running server."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import col, select

from anonmsg.config import load
from anonmsg.database.tables import Message, Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import inbox_keys, reading


def texts(data: Path, *names: str) -> list[str]:
    """Return the texts of everybody's messages, or of some people's, oldest first."""
    runtime = Runtime.of(load(data_dir=data, secrets_are_made=False))
    asked = select(col(Message.person_id), *reading.COLUMNS).join(Person)
    if names:
        asked = asked.where(col(Person.username).in_(names))
    try:
        with runtime.context() as ctx, ctx.reading() as db:
            found = db.connection().execute(asked.order_by(col(Message.sent_at))).all()
            owners = {each[0] for each in found}
            ciphers = {each: inbox_keys.of(ctx, owner_id=each) for each in owners}
        return [reading.Row(*row[1:]).text(ciphers[row[0]]) for row in found]
    finally:
        runtime.close()

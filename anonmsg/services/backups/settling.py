"""What a restored database must learn before it's used.

A backup knows nothing of what came after it. Most of that is lost, but three things must
not be: who was erased, who is being deleted, and which sign-ins were ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, delete, select, update

from anonmsg.database.engine import Database, reading, truncate_wal
from anonmsg.database.tables import Erasure, Person, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.security.keys import Digests
from anonmsg.services import token_secrets
from anonmsg.services.accounts import deletions, erasures


@dataclass(frozen=True)
class Since:
    """What the replaced database knows: who was erased, and who leaves when (or stays)."""

    erasures: erasures.Erasures = field(default_factory=dict)
    leaving: dict[str, datetime | None] = field(default_factory=dict)


def since(url: str) -> Since:
    """Read it from the database in use.

    Raises:
        DBAPIError: the database can't be read, or is of a version without these tables.
    """
    database = Database(url, connections=1)
    try:
        with database.open() as opened, reading(opened) as db:
            erased = {each.digest: each.erased_on for each in db.exec(select(Erasure)).all()}
            people = db.exec(select(Person.id, Person.leaves_at)).all()
            return Since(erased, {row[0]: row[1] for row in people})
    finally:
        database.close()


def settle(ctx: Context, known: Since, *, peppers: tuple[str, ...]) -> int:
    """Teach a restored database what is known.

    Args:
        ctx: A context of the restored database.
        known: What it must learn.
        peppers: Every PEPPER under which an erasure may be recorded.

    Returns:
        How many accounts were erased again.
    """
    digests = Digests(peppers[0], previous=peppers[1:])
    with ctx.writing() as db:
        erasures.add(ctx, known.erasures)
        people = db.exec(select(Person.id, Person.leaves_at)).all()
        for person_id, leaves_at in people:
            now_leaves_at = known.leaving.get(person_id, leaves_at)
            if now_leaves_at != leaves_at:
                theirs = col(Person.id) == person_id
                db.exec(update(Person).where(theirs).values(leaves_at=now_leaves_at))
        # Some of them were ended since, and a stolen one must not come back.
        db.exec(delete(SignInSession))
        # They may have been replaced since, and nothing that they signed is left.
        token_secrets.forget(ctx)
    erased = [row[0] for row in people if erasures.is_among(known.erasures, row[0], digests)]
    for person_id in erased:
        deletions.erase(ctx, person_id=person_id)
    truncate_wal(ctx.db)
    return len(erased)

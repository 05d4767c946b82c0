"""The check that a database and the PEPPER belong together."""

from __future__ import annotations

from sqlmodel import select

from anonmsg.config import BadSettings
from anonmsg.context import Context
from anonmsg.models import Fact, Person

NAME = "pepper check"
WRONG_PEPPER = (
    "PEPPER is not the one that the people in this database signed up with, so no password "
    "would fit. Restore it: anonmsg had kept it in secrets.env, in the data folder."
)


def check(ctx: Context) -> None:
    """Note which PEPPER a database belongs to, and refuse to start with another.

    Without the right one every password in the database is dead, and nobody
    would be told why.

    Raises:
        BadSettings: there are people in the database, and this is not their PEPPER.
    """
    mine = ctx.vault.digests.of("pepper check")
    with ctx.writing() as db:
        known = db.get(Fact, NAME)
        if known and known.value == mine:
            return
        if db.exec(select(Person.id).limit(1)).first():
            raise BadSettings([WRONG_PEPPER])
        db.merge(Fact(name=NAME, value=mine))

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
    with ctx.writing() as db:
        if not fits(ctx):
            raise BadSettings([WRONG_PEPPER])
        db.merge(Fact(name=NAME, value=ctx.vault.digests.of(NAME)))


def fits(ctx: Context) -> bool:
    """Whether everybody in the database signed up with this PEPPER, within a transaction."""
    known = ctx.db.get(Fact, NAME)
    if known and known.value == ctx.vault.digests.of(NAME):
        return True
    return ctx.db.exec(select(Person.id).limit(1)).first() is None

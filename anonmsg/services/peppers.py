"""The check that a database and the PEPPER belong together, and the PEPPER's replacement.

Without the right one every password in the database is dead, and nobody would
be told why. When an operator replaces it, the one before goes on to recognise
what it made: a password is hashed anew when its person signs in, and what is
sealed at the next start. A recovery code can only wait until it is used or
replaced.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select

from anonmsg.config import BadSettings
from anonmsg.database.tables import Fact, Person, RecoveryCode
from anonmsg.runtime.context import Context
from anonmsg.services.sessions import two_factor

NAME = "pepper check"
WRONG_PEPPER = (
    "PEPPER is not the one that the people in this database signed up with, so no password "
    "would fit. Restore it: anonmsg had kept it in secrets.env, in the data folder."
)
MISSING_PEPPER = (
    "PREVIOUS_PEPPERS lacks one without which people's passwords would not fit (how many: "
    "{people}). Put it back: anonmsg had kept it in secrets.env, in the data folder."
)


@dataclass(frozen=True)
class Needed:
    """How many people still need a pepper of earlier days, for what."""

    passwords: int
    recovery_codes: int


def check(ctx: Context) -> None:
    """Note which PEPPER a database belongs to, and refuse to start with another.

    Raises:
        BadSettings: there are people in the database, and this is not their
            PEPPER; or one of earlier days is missing that some still need.
    """
    with ctx.writing() as db:
        if found := problems(ctx):
            raise BadSettings(found)
        db.merge(Fact(name=NAME, value=ctx.keyring.digests.of(NAME)))


def problems(ctx: Context) -> list[str]:
    """Why somebody's password would not fit, within a transaction; empty where all do."""
    known = ctx.db.get(Fact, NAME)
    is_ours = known is not None and known.value in ctx.keyring.digests.each_of(NAME)
    if not is_ours and ctx.db.exec(select(Person.id).limit(1)).first() is not None:
        return [WRONG_PEPPER]
    lost = sum(
        people for made_by, people in _by_pepper(ctx) if not ctx.keyring.passwords.knows(made_by)
    )
    return [MISSING_PEPPER.format(people=lost)] if lost else []


def renew(ctx: Context) -> None:
    """Seal anew what an earlier pepper sealed, as far as it is kept for long."""
    if ctx.settings.previous_peppers:
        with ctx.writing():
            two_factor.seal_anew(ctx)


def still_needed(ctx: Context) -> Needed:
    """Who still needs a pepper of earlier days, within a transaction."""
    today = ctx.keyring.passwords.pepper_id
    passwords = sum(people for made_by, people in _by_pepper(ctx) if made_by != today)
    people = func.count(func.distinct(col(RecoveryCode.person_id)))
    codes = ctx.db.exec(select(people).where(RecoveryCode.pepper_id != today)).one()
    return Needed(passwords, codes)


def _by_pepper(ctx: Context) -> list[tuple[str, int]]:
    """The ids of the peppers that made people's password hashes, each with how many."""
    made_by = func.substr(Person.password_hash, 1, 8)
    return [
        (row[0], row[1]) for row in ctx.db.exec(select(made_by, func.count()).group_by(made_by))
    ]

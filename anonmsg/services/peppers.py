"""Peppers: checks that the PEPPER belongs to the database, and replaces an old one.

With the wrong pepper no password would match, and nobody would be told why. After an
operator rotates it, the previous pepper still recognises what it made: a password is
rehashed when its owner signs in, and sealed secrets and the keys of inboxes are resealed
at the next start. A recovery code can only wait until it is used or replaced.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select

from anonmsg.config import BadSettings
from anonmsg.database.tables import Fact, Person, RecoveryCode
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import inbox_keys
from anonmsg.services.sessions import totp_secrets

NAME = "pepper check"
WRONG_PEPPER = (
    "PEPPER is not the one that the people in this database signed up with, so no password "
    "would fit. Restore it: anonmsg had kept it in secrets.env, in the data folder."
)
MISSING_PEPPER = (
    "PREVIOUS_PEPPERS lacks one without which people's passwords would not fit and their "
    "messages could not be opened (how many people: {people}). Put it back: anonmsg had kept it "
    "in secrets.env, in the data folder."
)


@dataclass(frozen=True)
class Needed:
    """How many people still need a previous pepper, and for what."""

    passwords: int
    recovery_codes: int
    inboxes: int


def check(ctx: Context) -> None:
    """Record which PEPPER the database belongs to, and refuse to start with another.

    Raises:
        BadSettings: the database has people and this isn't their PEPPER, or a previous
            pepper that some still need is missing.
    """
    with ctx.writing() as db:
        if found := problems(ctx):
            raise BadSettings(found)
        db.merge(Fact(name=NAME, value=ctx.keyring.digests.of(NAME)))


def problems(ctx: Context) -> list[str]:
    """Return why people's passwords wouldn't match, within a transaction; empty if all do."""
    known = ctx.db.get(Fact, NAME)
    is_ours = known is not None and known.value in ctx.keyring.digests.each_of(NAME)
    # Of several hosts, another may already have started with its own.
    is_others = known is not None and ctx.settings.instances == "several"
    if not is_ours and (is_others or ctx.db.exec(select(Person.id).limit(1)).first() is not None):
        return [WRONG_PEPPER]
    # Some of whose password is known may have an inbox that isn't, and the other way round.
    lost = max(_lost(ctx, _by_pepper(ctx)), _lost(ctx, inbox_keys.by_pepper(ctx)))
    return [MISSING_PEPPER.format(people=lost)] if lost else []


def renew(ctx: Context) -> None:
    """Reseal the long-lived secrets that a previous pepper sealed, and give everyone a key.

    Everybody who signed up before inboxes had keys gets one before the first message comes.
    """
    inbox_keys.make_missing(ctx)
    if ctx.settings.previous_peppers:
        with ctx.writing():
            totp_secrets.reseal(ctx)
        inbox_keys.reseal(ctx)


def still_needed(ctx: Context) -> Needed:
    """Count who still needs a previous pepper, within a transaction."""
    current = ctx.keyring.passwords.pepper_id
    passwords = sum(people for made_by, people in _by_pepper(ctx) if made_by != current)
    people = func.count(func.distinct(col(RecoveryCode.person_id)))
    codes = ctx.db.exec(select(people).where(RecoveryCode.pepper_id != current)).one()
    inboxes = sum(owners for made_by, owners in inbox_keys.by_pepper(ctx) if made_by != current)
    return Needed(passwords, codes, inboxes)


def _lost(ctx: Context, by_pepper: list[tuple[str, int]]) -> int:
    return sum(people for made_by, people in by_pepper if not ctx.keyring.passwords.knows(made_by))


def _by_pepper(ctx: Context) -> list[tuple[str, int]]:
    """Return the ids of the peppers behind people's password hashes, each with a count."""
    made_by = func.substr(Person.password_hash, 1, 8)
    return [
        (row[0], row[1]) for row in ctx.db.exec(select(made_by, func.count()).group_by(made_by))
    ]

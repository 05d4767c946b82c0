"""Inbox keys: each owner's own key, under which their messages are sealed.

An account has its key from the moment it exists, and an inbox without a key takes no
message: so no sender can tell by the time of an answer that they were the first. The key
is the first thing of an account to go, and then nobody can read its messages any more.
"""

from __future__ import annotations

from sqlmodel import col, delete, func, select, update

from anonmsg.database.tables import Inbox, InboxKey, Person
from anonmsg.runtime.context import Context
from anonmsg.security.inbox_ciphers import InboxCipher, new_key
from anonmsg.security.keyring import Keyring
from anonmsg.security.seals import BrokenSeal

# How many keys are made or sealed again in one transaction; each takes some ten microseconds.
BATCH = 1000


def make(ctx: Context, *, person_id: str) -> None:
    """Give a new person an empty inbox and its key, within the caller's transaction."""
    ctx.db.add(Inbox(person_id=person_id))
    ctx.db.add(_new(ctx, person_id))


def make_missing(ctx: Context) -> None:
    """Give everyone their key who signed up before inboxes had one.

    Accounts that are due to be erased get none: theirs may be gone already.
    """
    lacking = (
        select(Person.id)
        .outerjoin(InboxKey, col(InboxKey.person_id) == col(Person.id))
        .where(
            col(InboxKey.person_id).is_(None),
            col(Person.leaves_at).is_(None) | (col(Person.leaves_at) > ctx.now),
        )
        .limit(BATCH)
    )
    while True:
        with ctx.writing() as db:
            people = db.exec(lacking).all()
            db.add_all([_new(ctx, person_id) for person_id in people])
        if len(people) < BATCH:
            return


def opened(keyring: Keyring, sealed: bytes | None, *, owner_id: str) -> InboxCipher | None:
    """Return what opens an owner's messages, or None if their key is gone.

    Args:
        keyring: Holds the secrets.
        sealed: The key's row, as far as there is one.
        owner_id: Whose.
    """
    try:
        key = keyring.inbox_keys.open(sealed or b"", bound_to=_bound_to(owner_id))
    except BrokenSeal:
        return None
    return InboxCipher(key, owner_id=owner_id)


def of(ctx: Context, *, owner_id: str) -> InboxCipher | None:
    """Read and open an owner's key, within a transaction; None if it's gone."""
    sealed = ctx.db.exec(select(InboxKey.sealed).where(InboxKey.person_id == owner_id)).first()
    return opened(ctx.keyring, sealed, owner_id=owner_id)


def reseal(ctx: Context) -> None:
    """Seal keys again that a previous PEPPER sealed, in batches.

    A key that no known PEPPER opens stays as it is: the right one may be put back.
    """
    current = ctx.keyring.digests.pepper_id
    last = ""
    while True:
        theirs = select(InboxKey).where(InboxKey.pepper_id != current, InboxKey.person_id > last)
        with ctx.writing() as db:
            rows = db.exec(theirs.order_by(col(InboxKey.person_id)).limit(BATCH)).all()
            for row in rows:
                _reseal(ctx, row)
        if len(rows) < BATCH:
            return
        last = rows[-1].person_id


def forget(ctx: Context, *, person_id: str) -> None:
    """Delete a person's key, within the caller's transaction: their messages are gone."""
    ctx.db.exec(delete(InboxKey).where(col(InboxKey.person_id) == person_id))


def by_pepper(ctx: Context) -> list[tuple[str, int]]:
    """Return the ids of the peppers that sealed keys, each with a count, in a transaction."""
    counted = select(InboxKey.pepper_id, func.count()).group_by(InboxKey.pepper_id)
    return [(row[0], row[1]) for row in ctx.db.exec(counted)]


def _new(ctx: Context, person_id: str) -> InboxKey:
    return InboxKey(
        person_id=person_id,
        sealed=ctx.keyring.inbox_keys.close(new_key(), bound_to=_bound_to(person_id)),
        pepper_id=ctx.keyring.digests.pepper_id,
    )


def _reseal(ctx: Context, row: InboxKey) -> None:
    bound_to = _bound_to(row.person_id)
    try:
        key = ctx.keyring.inbox_keys.open(row.sealed, bound_to=bound_to)
    except BrokenSeal:
        return
    sealed = ctx.keyring.inbox_keys.close(key, bound_to=bound_to)
    as_it_was = col(InboxKey.person_id) == row.person_id, col(InboxKey.sealed) == row.sealed
    pepper_id = ctx.keyring.digests.pepper_id
    ctx.db.exec(update(InboxKey).where(*as_it_was).values(sealed=sealed, pepper_id=pepper_id))


def _bound_to(person_id: str) -> str:
    return f"inbox key of {person_id}"

"""Second steps: a browser without scripts sends the code alone, and no password again.

A page may never repeat a password, so it holds a proof in its place: sealed by the
server, good for a few minutes, and for the code's form of this one person. It opens
nothing by itself, because the code is still asked for, and its tries are counted.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from anonmsg import rules
from anonmsg.database.tables import Person
from anonmsg.errors import SecondStepTooLate
from anonmsg.runtime.context import Context
from anonmsg.security.seals import BrokenSeal

LIVES = timedelta(minutes=5)
BOUND_TO = "second step of a sign-in"
PURPOSE = "password of a second step"


def prove(ctx: Context, person: Person) -> str:
    """Return the proof that a person's password has just been right."""
    password = ctx.keyring.digests.of(PURPOSE, person.id, person.password_hash)
    plain = json.dumps([person.id, (ctx.now + LIVES).isoformat(), password])
    sealed = ctx.keyring.seal.close(plain.encode(), bound_to=BOUND_TO)
    return base64.urlsafe_b64encode(sealed).decode()


def proven(ctx: Context, proof: object) -> Person:
    """Return the person whose password was right.

    Raises:
        SecondStepTooLate: the proof is too old or none, or the password has changed since.
    """
    person_id, until, password = _opened(ctx, proof)
    with ctx.reading() as db:
        person = db.get(Person, person_id)
    if person is None or person.banned_at or datetime.fromisoformat(until) <= ctx.now:
        raise SecondStepTooLate
    if not ctx.keyring.digests.same(password, PURPOSE, person.id, person.password_hash):
        raise SecondStepTooLate
    return person


def _opened(ctx: Context, proof: object) -> list[str]:
    try:
        sealed = base64.urlsafe_b64decode(rules.text(proof))
        opened: list[str] = json.loads(ctx.keyring.seal.open(sealed, bound_to=BOUND_TO))
    except (binascii.Error, ValueError, BrokenSeal):
        raise SecondStepTooLate from None
    return opened

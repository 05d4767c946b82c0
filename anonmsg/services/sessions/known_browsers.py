"""Known browsers: where an owner has signed in before, their attempts count apart.

Otherwise, a stranger in the same network could fail five times with the owner's
username, and hold the owner out. A sign-in leaves a random id in the browser, with a
digest that binds it to the account: nobody can make one, it names nobody, and the
server keeps nothing. Whoever has a copy gets five guesses of their own, as from one more
network.
"""

from __future__ import annotations

import re
from datetime import timedelta

from anonmsg import rules
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.services.sessions import credentials

LIVES = timedelta(days=365)
PURPOSE = "known browser"
# Families share a browser.
MOST_ACCOUNTS = 5
_ONE = re.compile(r"([\w-]{22})\.([0-9a-f]{64})")


def origin(ctx: Context, identifier: object, *, kept: object, network: str) -> str:
    """Return where a sign-in comes from, as it is counted: a known browser, or a network.

    Args:
        ctx: The context.
        identifier: The username or email address, as typed.
        kept: What the browser has kept from earlier sign-ins.
        network: The key of the client's network.
    """
    pairs = _pairs(kept)
    if not pairs:
        return network
    with ctx.reading():
        person = credentials.find_person(ctx, identifier)
    known = _known(ctx, person.id if person else "", pairs)
    return f"browser {known}" if known and person else network


def remember(ctx: Context, *, person_id: str, kept: object) -> str:
    """Return what a browser keeps after a sign-in; several accounts may share it."""
    pairs = _pairs(kept)
    known = _known(ctx, person_id, pairs) or new_id()
    mine = known, ctx.keyring.digests.of(PURPOSE, person_id, known)
    others = [each for each in pairs if each[0] != known]
    return "~".join(".".join(each) for each in [mine, *others][:MOST_ACCOUNTS])


def _pairs(kept: object) -> list[tuple[str, str]]:
    found = [_ONE.fullmatch(each) for each in rules.text(kept).split("~")[:MOST_ACCOUNTS]]
    return [(each[1], each[2]) for each in found if each]


def _known(ctx: Context, person_id: str, pairs: list[tuple[str, str]]) -> str:
    """Return the id that is bound to an account, or an empty string."""
    same = ctx.keyring.digests.same
    ours = [known for known, digest in pairs if same(digest, PURPOSE, person_id, known)]
    return ours[0] if ours else ""

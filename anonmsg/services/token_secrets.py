"""Token secrets: checks that each host signs people's sessions with the same two secrets.

A host with others would sign people out at random, depending on which host answers. So
the database keeps a value derived from each secret, which tells nothing about it, and a
host with another secret doesn't start. Whoever rotates the secrets keeps the previous
ones for a while, and these count.
"""

from __future__ import annotations

import hashlib
import hmac

from pydantic import SecretStr
from sqlmodel import col, delete, select

from anonmsg.config import ROTATED_NAMES, BadSettings
from anonmsg.database.tables import Fact, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.security.keys import derive

NOT_THEIRS = (
    "{name}: is not the one that this database's sign-ins were made with. Set the same one on "
    "every host. If you replaced it on purpose, run `python -m anonmsg accept-secrets`: everyone "
    "then has to sign in again."
)


def check(ctx: Context) -> None:
    """Record which secrets sign the sessions of the database, and refuse to start with others.

    Raises:
        BadSettings: another host, or an earlier start, has signed with other secrets.
    """
    with ctx.writing():
        if found := problems(ctx):
            raise BadSettings(found)
        _record(ctx)


def problems(ctx: Context) -> list[str]:
    """Return which secrets aren't those of the database, within a transaction."""
    others = [name for name, before in ROTATED_NAMES.items() if not _is_known(ctx, name, before)]
    # Where only one copy runs and nobody is signed in, other secrets do no harm.
    if ctx.settings.instances == "one" and not _is_anyone_signed_in(ctx):
        return []
    return [NOT_THEIRS.format(name=name) for name in others]


def accept(ctx: Context) -> None:
    """Record that the secrets were replaced on purpose."""
    with ctx.writing():
        _record(ctx)


def forget(ctx: Context) -> None:
    """Forget which secrets signed, within a transaction that ends every sign-in."""
    ctx.db.exec(delete(Fact).where(col(Fact.name).in_(map(_fact, ROTATED_NAMES))))


def _is_known(ctx: Context, name: str, before: str) -> bool:
    """Return whether the database has no check value yet, or the one of a secret that counts."""
    kept = ctx.db.get(Fact, _fact(name))
    if kept is None:
        return True
    values = [_value(name, _secret(ctx, each)) for each in (name, before) if _secret(ctx, each)]
    return any(hmac.compare_digest(kept.value, value) for value in values)


def _is_anyone_signed_in(ctx: Context) -> bool:
    alive = select(SignInSession.id).where(
        col(SignInSession.ended_at).is_(None), col(SignInSession.expires_at) > ctx.now
    )
    return ctx.db.exec(alive.limit(1)).first() is not None


def _record(ctx: Context) -> None:
    for name in ROTATED_NAMES:
        ctx.db.merge(Fact(name=_fact(name), value=_value(name, _secret(ctx, name))))


def _fact(name: str) -> str:
    return f"{name.lower().replace('_', ' ')} check"


def _secret(ctx: Context, name: str) -> str:
    secret: SecretStr | None = getattr(ctx.settings, name.lower())
    return secret.get_secret_value() if secret else ""


def _value(name: str, secret: str) -> str:
    """Return the value to compare: nobody can find the secret from it."""
    return hashlib.sha256(derive(secret, f"check of {name}")).hexdigest()

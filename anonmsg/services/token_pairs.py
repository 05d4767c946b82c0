"""Token pairs: what a browser carries to point to its sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from anonmsg.context import Context
from anonmsg.errors import NotSignedIn
from anonmsg.models import SignIn
from anonmsg.security.tokens import REFRESH_LIVES, SIGN_IN_LIVES, BadToken, RefreshClaims


@dataclass(frozen=True)
class Pair:
    """The two tokens of a sign-in, and for how long the second may be kept."""

    access: str
    refresh: str
    refresh_lives: timedelta


def issue(ctx: Context, row: SignIn, generation: int) -> Pair:
    """The two tokens of a sign-in's generation, until the sign-in ends."""
    lives = min(REFRESH_LIVES, row.created_at + SIGN_IN_LIVES - ctx.now)
    tokens = ctx.vault.tokens
    return Pair(
        tokens.issue_access(sign_in_id=row.id, now=ctx.now),
        tokens.issue_refresh(
            sign_in_id=row.id, generation=generation, now=ctx.now, expires_at=ctx.now + lives
        ),
        lives,
    )


def refresh_claims(ctx: Context, token: str) -> RefreshClaims:
    """What a refresh token says.

    Raises:
        NotSignedIn: it is none of ours, or has expired.
    """
    try:
        return ctx.vault.tokens.read_refresh(token, now=ctx.now)
    except BadToken:
        raise NotSignedIn from None


def sign_in_id(ctx: Context, token: str) -> str:
    """The sign-in that an access token says, or nothing."""
    try:
        return ctx.vault.tokens.read_access(token, now=ctx.now)
    except BadToken:
        return ""

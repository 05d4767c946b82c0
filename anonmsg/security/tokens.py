"""The two sign-in tokens: JWTs that hold ids, never a name or an address.

The access token says which sign-in a request belongs to, for 15 minutes. The
refresh token, signed with another secret, lets a browser have the next pair;
its generation grows by one at each rotation. Neither is enough by itself: the
sign-in's row must be alive.

When an operator changes the secrets, the tokens that were made before are read
by the previous ones until they would have expired anyway; no new ones are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=7)
SIGN_IN_LIVES = timedelta(days=30)

_ALGORITHM = "HS256"
_LIVES = {"access": ACCESS_LIVES, "refresh": REFRESH_LIVES}


class BadToken(Exception):
    """Raised when a token is forged, expired or made for something else."""


@dataclass(frozen=True)
class RefreshClaims:
    """What a refresh token proves."""

    session_id: str
    generation: int


@dataclass(frozen=True)
class Previous:
    """The secrets before a rotation, empty where there was none, and its time (aware UTC)."""

    access_secret: str = field(repr=False)
    refresh_secret: str = field(repr=False)
    rotated_at: datetime


class Tokens:
    """Issues and reads both kinds, each bound to its purpose by `aud` and secret."""

    def __init__(
        self, *, access_secret: str, refresh_secret: str, previous: Previous | None = None
    ) -> None:
        """Keep the two secrets, and those before them, if any."""
        self._secrets = {"access": access_secret, "refresh": refresh_secret}
        self._previous = previous

    def issue_access(self, *, session_id: str, now: datetime) -> str:
        """An access token that lives 15 minutes from `now` (aware UTC)."""
        return self._issue("access", {"sub": session_id}, now, now + ACCESS_LIVES)

    def issue_refresh(
        self, *, session_id: str, generation: int, now: datetime, expires_at: datetime
    ) -> str:
        """A refresh token of a generation, until `expires_at` (aware UTC)."""
        return self._issue("refresh", {"sub": session_id, "gen": generation}, now, expires_at)

    def read_access(self, token: str, *, now: datetime) -> str:
        """The sign-in's id.

        Raises:
            BadToken: it is not one of our access tokens, or it has expired.
        """
        return str(self._read("access", token, now)["sub"])

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """The sign-in's id and the token's generation.

        Raises:
            BadToken: it is not one of our refresh tokens, or it has expired.
        """
        claims = self._read("refresh", token, now)
        if not isinstance(claims.get("gen"), int):
            raise BadToken
        return RefreshClaims(str(claims["sub"]), claims["gen"])

    def _issue(self, kind: str, claims: dict[str, Any], now: datetime, until: datetime) -> str:
        claims |= {"aud": f"anonmsg:{kind}", "iat": now, "exp": until}
        return jwt.encode(claims, self._secrets[kind], algorithm=_ALGORITHM)

    def _read(self, kind: str, token: str, now: datetime) -> dict[str, Any]:
        try:
            return self._decoded(kind, token, self._secrets[kind], now)
        except BadToken:
            return self._read_by_previous(kind, token, now)

    def _read_by_previous(self, kind: str, token: str, now: datetime) -> dict[str, Any]:
        """The claims of a token that was made before the secrets were rotated."""
        before = self._previous
        if before is None or not before.rotated_at <= now < before.rotated_at + _LIVES[kind]:
            raise BadToken
        secret = {"access": before.access_secret, "refresh": before.refresh_secret}[kind]
        # With an empty key anybody could sign.
        if not secret:
            raise BadToken
        claims = self._decoded(kind, token, secret, now)
        if not isinstance(claims["iat"], int) or claims["iat"] >= before.rotated_at.timestamp():
            raise BadToken
        return claims

    @staticmethod
    def _decoded(kind: str, token: str, secret: str, now: datetime) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[_ALGORITHM],
                audience=f"anonmsg:{kind}",
                # Time is the use case's own, so it is compared below.
                options={
                    "require": ["sub", "aud", "iat", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            expires_at = int(claims["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise BadToken from None
        if expires_at <= now.timestamp():
            raise BadToken
        return claims

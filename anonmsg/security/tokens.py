"""The two session tokens: JWTs that hold ids, never a name or an address.

The access token identifies a request's session for 15 minutes. The refresh token,
signed with another secret, gets a browser the next pair; its generation grows by one at
each rotation. Neither is enough by itself: the session's row must be alive.

After an operator rotates the secrets, tokens signed with the previous ones are accepted
until they would have expired anyway. No new ones are signed with them.
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
    """Raised when a token is forged, expired or meant for something else."""


@dataclass(frozen=True)
class RefreshClaims:
    """What a refresh token proves."""

    session_id: str
    generation: int


@dataclass(frozen=True)
class Previous:
    """The secrets before a rotation, empty if there were none, and its time (aware UTC)."""

    access_secret: str = field(repr=False)
    refresh_secret: str = field(repr=False)
    rotated_at: datetime


class Tokens:
    """Issues and reads both tokens, each bound to its purpose by `aud` and its secret."""

    def __init__(
        self, *, access_secret: str, refresh_secret: str, previous: Previous | None = None
    ) -> None:
        """Store the two secrets, and the previous ones, if any."""
        self._secrets = {"access": access_secret, "refresh": refresh_secret}
        self._previous = previous

    def issue_access(self, *, session_id: str, now: datetime) -> str:
        """Issue an access token that expires 15 minutes after `now` (aware UTC)."""
        return self._issue("access", {"sub": session_id}, now, now + ACCESS_LIVES)

    def issue_refresh(
        self, *, session_id: str, generation: int, now: datetime, expires_at: datetime
    ) -> str:
        """Issue a refresh token of a generation, valid until `expires_at` (aware UTC)."""
        return self._issue("refresh", {"sub": session_id, "gen": generation}, now, expires_at)

    def read_access(self, token: str, *, now: datetime) -> str:
        """Return the session id in an access token.

        Raises:
            BadToken: it is not one of our access tokens, or it has expired.
        """
        return str(self._read("access", token, now)["sub"])

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """Return the session id and the generation in a refresh token.

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
            return self._read_with_previous(kind, token, now)

    def _read_with_previous(self, kind: str, token: str, now: datetime) -> dict[str, Any]:
        """Return the claims of a token issued before the secrets were rotated."""
        before = self._previous
        if before is None or not before.rotated_at <= now < before.rotated_at + _LIVES[kind]:
            raise BadToken
        secret = {"access": before.access_secret, "refresh": before.refresh_secret}[kind]
        # Anyone could sign with an empty key.
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
                # The use case supplies the time, so expiry is checked below.
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

"""Authenticator app codes, from a shared secret and the time (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# Clocks differ and typing takes a while, so accept one step either way (RFC 6238, 5.2).
DRIFT = (-1, 0, 1)


def step_of(typed: str, *, secret: str, now: datetime) -> int | None:
    """Return the newest time step that has this code, comparing all in constant time.

    Args:
        typed: The code as typed, ASCII.
        secret: The shared secret, in base 32.
        now: The time, aware UTC.
    """
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = totp.timecode(now)
    right = [
        step
        for step in (current + drift for drift in DRIFT)
        if hmac.compare_digest(totp.generate_otp(step), typed)
    ]
    return max(right, default=None)

"""Codes of an authenticator app, which shares a secret and the time with us (RFC 6238)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# Clocks differ, and typing takes a while (RFC 6238, 5.2): one step either way.
DRIFT = (-1, 0, 1)


def step_of(typed: str, *, secret: str, now: datetime) -> int | None:
    """The time step whose code it is; all are compared, in constant time.

    Args:
        typed: What was typed, ASCII.
        secret: In base 32.
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

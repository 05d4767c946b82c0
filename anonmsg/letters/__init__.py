"""The wording of every mail.

A mail says what happened, what to do, and what to do if it was not you. It
never holds a message of somebody's inbox, and nothing in it reports back that
it was read.
"""

from __future__ import annotations

from anonmsg.letters.accounts import (
    confirm_email,
    deletion_scheduled,
    deletion_undone,
    email_changed,
    password_changed,
    reset_password,
)
from anonmsg.letters.letter import Letter
from anonmsg.letters.operators import test_mail
from anonmsg.letters.signing_in import (
    new_recovery_codes,
    new_sign_in_method,
    refresh_reuse,
    second_factor_off,
)
from anonmsg.letters.signing_up import already_registered, verification

__all__ = [
    "Letter",
    "already_registered",
    "confirm_email",
    "deletion_scheduled",
    "deletion_undone",
    "email_changed",
    "new_recovery_codes",
    "new_sign_in_method",
    "password_changed",
    "refresh_reuse",
    "reset_password",
    "second_factor_off",
    "test_mail",
    "verification",
]

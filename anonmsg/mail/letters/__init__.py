"""The wording of every email.

An email says what happened, what to do, and what to do if it wasn't you. It
never contains a message from anyone's inbox, and nothing in it tracks whether
it was read.
"""

from __future__ import annotations

from anonmsg.mail.letters.account_letters import (
    confirm_email,
    deletion_scheduled,
    deletion_undone,
    email_changed,
    password_changed,
    reset_password,
)
from anonmsg.mail.letters.letter import Letter
from anonmsg.mail.letters.notification_letters import new_messages
from anonmsg.mail.letters.operator_letters import test_mail
from anonmsg.mail.letters.sign_in_letters import (
    new_recovery_codes,
    new_sign_in_method,
    refresh_reuse,
    two_factor_off,
)
from anonmsg.mail.letters.sign_up_letters import already_registered, verification

__all__ = [
    "Letter",
    "already_registered",
    "confirm_email",
    "deletion_scheduled",
    "deletion_undone",
    "email_changed",
    "new_messages",
    "new_recovery_codes",
    "new_sign_in_method",
    "password_changed",
    "refresh_reuse",
    "reset_password",
    "test_mail",
    "two_factor_off",
    "verification",
]

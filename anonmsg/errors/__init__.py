"""Every refusal a person may read, with its sentence.

Refusals are raised, never returned: an error that is returned can be
forgotten, one that is raised cannot. Each class is named for the situation,
and carries its sentence and the form field it belongs to once. The sentence
is the English source of its translations (gettext), so it is looked up when
it is read and not when the class is made.
"""

from __future__ import annotations

from anonmsg.errors.accounts import (
    EmailTaken,
    InvalidBio,
    InvalidDisplayName,
    InvalidEmail,
    InvalidNewPassword,
    InvalidPassword,
    InvalidUsername,
    RenamedLately,
    SameEmail,
    UsernameDoesNotMatch,
    UsernameTaken,
)
from anonmsg.errors.inboxes import InboxClosed, InvalidMessage, MessageNotFound, NobodyHere
from anonmsg.errors.refusals import (
    N_,
    AppError,
    Busy,
    FormRefused,
    NotSignedIn,
    TooManyAttempts,
    in_words,
)
from anonmsg.errors.signing_in import (
    IncorrectPassword,
    IncorrectTwoFactorCode,
    LinkDead,
    ReauthenticationNeeded,
    TwoFactorChanged,
    TwoFactorCodeNeeded,
    UserNotFound,
)
from anonmsg.errors.signing_up import (
    CodeExpired,
    IncorrectCode,
    NotVerified,
    PasswordNeeded,
    ResendTooSoon,
    SignUpNotFound,
)

__all__ = [
    "N_",
    "AppError",
    "Busy",
    "CodeExpired",
    "EmailTaken",
    "FormRefused",
    "InboxClosed",
    "IncorrectCode",
    "IncorrectPassword",
    "IncorrectTwoFactorCode",
    "InvalidBio",
    "InvalidDisplayName",
    "InvalidEmail",
    "InvalidMessage",
    "InvalidNewPassword",
    "InvalidPassword",
    "InvalidUsername",
    "LinkDead",
    "MessageNotFound",
    "NobodyHere",
    "NotSignedIn",
    "NotVerified",
    "PasswordNeeded",
    "ReauthenticationNeeded",
    "RenamedLately",
    "ResendTooSoon",
    "SameEmail",
    "SignUpNotFound",
    "TooManyAttempts",
    "TwoFactorChanged",
    "TwoFactorCodeNeeded",
    "UserNotFound",
    "UsernameDoesNotMatch",
    "UsernameTaken",
    "in_words",
]

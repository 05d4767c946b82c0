"""Every refusal a person may read, with its sentence.

Refusals are raised, never returned: a returned error can be forgotten, a raised one
can't. Each class is named for its situation and defines its sentence and form field
once. The sentence is the English source text for gettext, so it is translated when it
is read, not when the class is defined.
"""

from __future__ import annotations

from anonmsg.errors.accounts import (
    AccountKept,
    EmailTaken,
    InvalidBio,
    InvalidDisplayName,
    InvalidEmail,
    InvalidNewPassword,
    InvalidPassword,
    InvalidPrompt,
    InvalidUsername,
    RenamedRecently,
    SameEmail,
    UsernameDoesNotMatch,
    UsernameTaken,
)
from anonmsg.errors.inboxes import (
    InboxClosed,
    InvalidMessage,
    InvalidNote,
    MessageNotFound,
    PageNotFound,
    TooManySelected,
)
from anonmsg.errors.refusals import (
    N_,
    AccountLeaving,
    AppError,
    Busy,
    FormRefused,
    NotSignedIn,
    PageOutdated,
    ServerFailed,
    TooManyAttempts,
    in_words,
)
from anonmsg.errors.signing_in import (
    IdentifierNeeded,
    IncorrectPassword,
    IncorrectTwoFactorCode,
    LinkExpired,
    ReauthenticationNeeded,
    SecondStep,
    SecondStepTooLate,
    TwoFactorChanged,
    TwoFactorCodeNeeded,
    UserNotFound,
)
from anonmsg.errors.signing_up import (
    AlreadyVerified,
    CodeExpired,
    IncorrectCode,
    NotVerified,
    PasswordNeeded,
    ResendTooSoon,
    SignUpNotFound,
    TooManyWrongCodes,
)

__all__ = [
    "N_",
    "AccountKept",
    "AccountLeaving",
    "AlreadyVerified",
    "AppError",
    "Busy",
    "CodeExpired",
    "EmailTaken",
    "FormRefused",
    "IdentifierNeeded",
    "InboxClosed",
    "IncorrectCode",
    "IncorrectPassword",
    "IncorrectTwoFactorCode",
    "InvalidBio",
    "InvalidDisplayName",
    "InvalidEmail",
    "InvalidMessage",
    "InvalidNewPassword",
    "InvalidNote",
    "InvalidPassword",
    "InvalidPrompt",
    "InvalidUsername",
    "LinkExpired",
    "MessageNotFound",
    "NotSignedIn",
    "NotVerified",
    "PageNotFound",
    "PageOutdated",
    "PasswordNeeded",
    "ReauthenticationNeeded",
    "RenamedRecently",
    "ResendTooSoon",
    "SameEmail",
    "SecondStep",
    "SecondStepTooLate",
    "ServerFailed",
    "SignUpNotFound",
    "TooManyAttempts",
    "TooManySelected",
    "TooManyWrongCodes",
    "TwoFactorChanged",
    "TwoFactorCodeNeeded",
    "UserNotFound",
    "UsernameDoesNotMatch",
    "UsernameTaken",
    "in_words",
]

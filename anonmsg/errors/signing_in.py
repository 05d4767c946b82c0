"""What may stand between a person and their account."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError


class UserNotFound(AppError):
    """Raised when nobody has the username somebody signs in with."""

    field = "identifier"
    template = N_("User not found")


class IncorrectPassword(AppError):
    """Raised when a password does not fit, or nobody has the e-mail address."""

    field = "password"
    template = N_("Incorrect password")


class ReauthenticationNeeded(AppError):
    """Raised when what is asked for needs the password again, and none was given."""

    field = "password"
    template = N_("Enter your password to go on.")


class TwoFactorCodeNeeded(AppError):
    """Raised when the password fits, and the account wants a code besides."""

    field = "code"
    template = N_("Enter the code from your authenticator app.")


class IncorrectTwoFactorCode(AppError):
    """Raised when a code fits neither the authenticator nor a recovery code that is left."""

    field = "code"
    template = N_("Incorrect code")


class TwoFactorChanged(AppError):
    """Raised when two-step sign-in is not what the page that asks takes it for."""

    template = N_("Two-step sign-in was changed elsewhere meanwhile. Reload the page.")


class LinkDead(AppError):
    """Raised when a mailed link was used, is too old, or never was one."""

    template = N_("This link does not work any more. Ask for a new one.")

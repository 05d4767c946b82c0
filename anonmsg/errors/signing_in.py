"""Refusals during sign-in and reauthentication."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError


class IdentifierNeeded(AppError):
    """Raised when a sign-in names nobody."""

    field = "identifier"
    template = N_("Enter your email or username.")


class UserNotFound(AppError):
    """Raised when nobody has the username that was typed."""

    field = "identifier"
    template = N_("User not found")


class IncorrectPassword(AppError):
    """Raised when a password is wrong, or no account has the email address."""

    field = "password"
    template = N_("Incorrect password")


class ReauthenticationNeeded(AppError):
    """Raised when an action needs the password again and none was given."""

    field = "password"
    template = N_("Enter your password to continue.")


class SecondStep(AppError):
    """Raised when the password is right, and the code is missing or wrong.

    Attributes:
        proof: What lets a browser without scripts send the code alone; "" if it isn't
            a sign-in that was refused.
    """

    field = "code"
    proof = ""


class SecondStepTooLate(AppError):
    """Raised when the password was entered too long ago, or has changed since."""

    template = N_("That took too long. Sign in again.")


class TwoFactorCodeNeeded(SecondStep):
    """Raised when the password is right but the account also needs a code."""

    template = N_("Enter the code from your authenticator app.")


class IncorrectTwoFactorCode(SecondStep):
    """Raised when a code matches neither the authenticator nor an unused recovery code."""

    template = N_("Incorrect code")


class TwoFactorChanged(AppError):
    """Raised when two-factor sign-in isn't in the state that the page assumed."""

    template = N_("Two-factor sign-in was just changed somewhere else. Reload the page.")


class LinkExpired(AppError):
    """Raised when an emailed link was used, has expired or never existed."""

    template = N_("This link has expired or been used. Request a new one.")

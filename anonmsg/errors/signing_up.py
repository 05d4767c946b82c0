"""Refusals during sign-up and verification."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError, TooManyAttempts


class IncorrectCode(AppError):
    """Raised when a verification code or link is wrong."""

    field = "code"
    template = N_("Incorrect verification code")


class CodeExpired(AppError):
    """Raised when a verification code is too old."""

    field = "code"
    template = N_("Verification code has expired")


class TooManyWrongCodes(AppError):
    """Raised when a verification code was tried too often."""

    field = "code"
    template = N_("Too many wrong codes. Get a new one.")


class AlreadyVerified(AppError):
    """Raised when a sign-up, or its link, has already become an account."""

    template = N_("This account is already verified")


class SignUpNotFound(AppError):
    """Raised when this browser has no active sign-up."""

    field = "code"
    template = N_(
        "We couldn't find a sign-up in this browser. Sign in to get a new code, or sign up again."
    )


class PasswordNeeded(AppError):
    """Raised when a link is opened in a browser that did not start the sign-up."""

    field = "password"
    template = N_("Enter the password you signed up with.")


class ResendTooSoon(TooManyAttempts):
    """Raised when a new code is requested within a minute of the last one."""

    field = "code"


class NotVerified(AppError):
    """Raised when the password is right but the sign-up isn't verified yet."""

    field = "identifier"
    template = N_("Please verify your account before login")

    def __init__(self, browser: str) -> None:
        """Store the new random id that lets this browser enter the code."""
        self.browser = browser
        super().__init__()

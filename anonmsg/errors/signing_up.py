"""What may stand between a sign-up and its account."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError, TooManyAttempts


class IncorrectCode(AppError):
    """Raised when a verification code or link is not the right one."""

    field = "code"
    template = N_("Incorrect verification code")


class CodeExpired(AppError):
    """Raised when a verification code came too late or was tried too often."""

    field = "code"
    template = N_("Verification code has expired")


class SignUpNotFound(AppError):
    """Raised when this browser has begun no sign-up that is still alive."""

    field = "code"
    template = N_(
        "We could not find a sign-up for this browser. "
        "Sign in to get a fresh code, or sign up again."
    )


class PasswordNeeded(AppError):
    """Raised when a link is opened in a browser that did not begin the sign-up."""

    field = "password"
    template = N_("Enter the password that you chose when you signed up.")


class ResendTooSoon(TooManyAttempts):
    """Raised when a fresh code is asked for within a minute of the last."""

    field = "code"


class NotVerified(AppError):
    """Raised when the password fits a sign-up that is not verified yet."""

    field = "identifier"
    template = N_("Please verify your account before login")

    def __init__(self, browser: str) -> None:
        """Keep the new random id by which this browser may enter the code."""
        self.browser = browser
        super().__init__()

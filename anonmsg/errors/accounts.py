"""Refusals about usernames, email addresses, passwords and profiles."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError, TooManyAttempts


class InvalidUsername(AppError):
    """Raised when a username breaks a rule; the sentence says which."""

    field = "username"
    template = N_("Use 2–20 letters, numbers or underscores.")


class UsernameTaken(AppError):
    """Raised when a username is reserved or somebody else has it."""

    field = "username"
    template = N_("Username is already taken")


class RenamedRecently(TooManyAttempts):
    """Raised when the username was changed less than seven days ago."""

    field = "username"
    template = N_("You can change your username once every 7 days. Try again in {time}.")


class UsernameDoesNotMatch(AppError):
    """Raised when an owner confirms an irreversible action with the wrong username."""

    field = "username"
    template = N_("Type your username to confirm.")


class AccountKept(AppError):
    """Raised when the deletion that an owner confirms has been called off elsewhere."""

    template = N_("Your account has been kept. You can delete it in the settings.")


class InvalidEmail(AppError):
    """Raised when an email address isn't valid, or can't be written to."""

    field = "email"
    template = N_("Enter a valid email address.")


class EmailTaken(AppError):
    """Raised when the email address belongs to a verified person."""

    field = "email"
    template = N_("User already exists with this email")


class SameEmail(AppError):
    """Raised when the new email address is the current one."""

    field = "email"
    template = N_("That's already your email.")


class InvalidPassword(AppError):
    """Raised when a new password is too short, too long or easy to guess."""

    field = "password"
    template = N_("Use at least 8 characters.")


class InvalidNewPassword(InvalidPassword):
    """Raised when a form that also asks for the current password refuses the new one."""

    field = "new_password"


class InvalidDisplayName(AppError):
    """Raised when a display name is too long."""

    field = "display_name"
    template = N_("Use at most 50 characters.")


class InvalidPrompt(AppError):
    """Raised when a prompt is too long."""

    field = "prompt"
    template = N_("Use at most 80 characters.")


class InvalidBio(AppError):
    """Raised when a bio is too long."""

    field = "bio"
    template = N_("Use at most 200 characters.")

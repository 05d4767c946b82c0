"""What an account is made of, refused."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError, TooManyAttempts


class InvalidUsername(AppError):
    """Raised when a username breaks a rule; the sentence says which."""

    field = "username"
    template = N_("Use 2 to 20 letters, digits or underscores.")


class UsernameTaken(AppError):
    """Raised when somebody holds the username, or it is reserved."""

    field = "username"
    template = N_("Username is already taken")


class RenamedLately(TooManyAttempts):
    """Raised when a username was changed less than seven days ago."""

    field = "username"
    template = N_("You can change your username once in 7 days. Try again in {time}.")


class UsernameDoesNotMatch(AppError):
    """Raised when what cannot be undone is confirmed by another username than one's own."""

    field = "username"
    template = N_("Type your username to confirm.")


class InvalidEmail(AppError):
    """Raised when an e-mail address cannot be one."""

    field = "email"
    template = N_("Enter a valid email address.")


class EmailTaken(AppError):
    """Raised when the e-mail address belongs to a verified person."""

    field = "email"
    template = N_("User already exist with this email")


class SameEmail(AppError):
    """Raised when an address is changed into itself."""

    field = "email"
    template = N_("This is your address already.")


class InvalidPassword(AppError):
    """Raised when a new password is too short, too long or easy to guess."""

    field = "password"
    template = N_("Use at least 8 characters.")


class InvalidNewPassword(InvalidPassword):
    """Raised when it is refused in a form that has the current password, too."""

    field = "new_password"


class InvalidDisplayName(AppError):
    """Raised when a display name is too long."""

    field = "display_name"
    template = N_("Use at most 50 characters.")


class InvalidBio(AppError):
    """Raised when the text about oneself is too long."""

    field = "bio"
    template = N_("Use at most 200 characters.")

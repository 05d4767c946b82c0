"""Every refusal a person may read, with its sentence.

Refusals are raised, never returned: an error that is returned can be
forgotten, one that is raised cannot. Each class is named for the situation,
and carries its sentence and the form field it belongs to once. The sentence
is the English source of its translations (gettext), so it is looked up when
it is read and not when the class is made.
"""

from __future__ import annotations

from datetime import timedelta
from gettext import gettext, ngettext
from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Mark a sentence for translation without translating it yet."""
    return sentence


class AppError(Exception):
    """Raised when a person asks for something that is refused, and why."""

    template: ClassVar[str] = N_("Something went wrong on our side.")
    field: ClassVar[str] = ""

    def __init__(self, template: str | None = None, **details: str) -> None:
        """Keep a more exact sentence and what it mentions, if any.

        Args:
            template: The sentence, when the class has several.
            **details: What the sentence's braces stand for.
        """
        self._template = template or self.template
        self._details = details
        super().__init__(self._template)

    @property
    def sentence(self) -> str:
        """The sentence to show, in the language of the moment."""
        return gettext(self._template).format(**self._details)

    def by_field(self) -> dict[str, str]:
        """The sentence under its field's name, or under "form"."""
        return {self.field or "form": self.sentence}


class FormRefused(AppError):
    """Raised when several fields of one form are refused at once."""

    def __init__(self, refusals: list[AppError]) -> None:
        """Keep the refusal of each field."""
        self.refusals = refusals
        super().__init__()

    def by_field(self) -> dict[str, str]:
        """The sentence of each field that has one."""
        return {k: v for refusal in self.refusals for k, v in refusal.by_field().items()}


class Busy(AppError):
    """Raised when more passwords wait to be hashed than can be served soon."""

    template = N_("We are very busy right now. Please try again in a moment.")


class NotSignedIn(AppError):
    """Raised when a signed-in person is needed and there is none."""

    template = N_("Please sign in first.")


class TooManyAttempts(AppError):
    """Raised when a limit is reached; says when to come back."""

    template = N_("Too many attempts. Try again in {time}.")

    def __init__(self, wait: timedelta) -> None:
        """Keep how long to wait, never less than a second."""
        self.wait = max(wait, timedelta(seconds=1))
        super().__init__()

    @property
    def sentence(self) -> str:
        """The sentence with the time in words."""
        return gettext(self._template).format(time=in_words(self.wait))


class InvalidUsername(AppError):
    """Raised when a username breaks a rule; the sentence says which."""

    field = "username"
    template = N_("Use 2 to 20 letters, digits or underscores.")


class InvalidDisplayName(AppError):
    """Raised when a display name is too long."""

    field = "display_name"
    template = N_("Use at most 50 characters.")


class InvalidBio(AppError):
    """Raised when the text about oneself is too long."""

    field = "bio"
    template = N_("Use at most 200 characters.")


class SameEmail(AppError):
    """Raised when an address is changed into itself."""

    field = "email"
    template = N_("This is your address already.")


class UsernameTaken(AppError):
    """Raised when somebody holds the username, or it is reserved."""

    field = "username"
    template = N_("Username is already taken")


class InvalidEmail(AppError):
    """Raised when an e-mail address cannot be one."""

    field = "email"
    template = N_("Enter a valid email address.")


class EmailTaken(AppError):
    """Raised when the e-mail address belongs to a verified person."""

    field = "email"
    template = N_("User already exist with this email")


class InvalidPassword(AppError):
    """Raised when a new password is too short, too long or easy to guess."""

    field = "password"
    template = N_("Use at least 8 characters.")


class InvalidNewPassword(InvalidPassword):
    """Raised when it is refused in a form that has the current password, too."""

    field = "new_password"


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


class RenamedLately(TooManyAttempts):
    """Raised when a username was changed less than seven days ago."""

    field = "username"
    template = N_("You can change your username once in 7 days. Try again in {time}.")


class UserNotFound(AppError):
    """Raised when nobody has the username somebody signs in with."""

    field = "identifier"
    template = N_("User not found")


class IncorrectPassword(AppError):
    """Raised when a password does not fit, or nobody has the e-mail address."""

    field = "password"
    template = N_("Incorrect password")


class ProofNeeded(AppError):
    """Raised when what is asked for needs the password again, and none was given."""

    field = "password"
    template = N_("Enter your password to go on.")


class SecondFactorNeeded(AppError):
    """Raised when the password fits, and the account wants a code besides."""

    field = "code"
    template = N_("Enter the code from your authenticator app.")


class IncorrectSecondFactor(AppError):
    """Raised when a code fits neither the authenticator nor a recovery code that is left."""

    field = "code"
    template = N_("Incorrect code")


class SecondFactorChanged(AppError):
    """Raised when two-step sign-in is not what the page that asks takes it for."""

    template = N_("Two-step sign-in was changed elsewhere meanwhile. Reload the page.")


class UsernameDoesNotMatch(AppError):
    """Raised when what cannot be undone is confirmed by another username than one's own."""

    field = "username"
    template = N_("Type your username to confirm.")


class LinkDead(AppError):
    """Raised when a mailed link was used, is too old, or never was one."""

    template = N_("This link does not work any more. Ask for a new one.")


class NotVerified(AppError):
    """Raised when the password fits a sign-up that is not verified yet."""

    field = "identifier"
    template = N_("Please verify your account before login")

    def __init__(self, browser: str) -> None:
        """Keep the new random id by which this browser may enter the code."""
        self.browser = browser
        super().__init__()


class NobodyHere(AppError):
    """Raised when a public page is asked for and there is no such person."""

    template = N_("There is nobody here.")


class InboxClosed(AppError):
    """Raised when a message is left for somebody who takes none at the moment."""

    field = "message"
    template = N_("{username} is not accepting messages")

    def __init__(self, username: str) -> None:
        """Keep whose inbox it is."""
        super().__init__(username=username)


class InvalidMessage(AppError):
    """Raised when a message is empty or too long; the sentence says which."""

    field = "message"
    template = N_("Write something first.")


class MessageNotFound(AppError):
    """Raised when a message to act upon is not in the owner's inbox."""

    template = N_("This message is not there any more.")


def in_words(wait: timedelta) -> str:
    """Say a waiting time as people do: 45 seconds, 3 minutes, 2 hours.

    Args:
        wait: How long; rounded up, so that nobody comes back too early.
    """
    seconds = -int(-wait.total_seconds() // 1)
    if seconds < 60:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = -(-minutes // 60)
    if hours > 48:
        days = -(-hours // 24)
        return ngettext("{n} day", "{n} days", days).format(n=days)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)

"""The base of every refusal, and the refusals that any page may meet."""

from __future__ import annotations

from datetime import timedelta
from gettext import gettext, ngettext
from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Mark a sentence for translation without translating it yet."""
    return sentence


class AppError(Exception):
    """Raised when a person's request is refused; carries the sentence to show."""

    template: ClassVar[str] = N_("Something went wrong on our end. Try again.")
    field: ClassVar[str] = ""

    def __init__(self, template: str | None = None, **details: str) -> None:
        """Store a more specific sentence and its details, if any.

        Args:
            template: The sentence, for a class that has several.
            **details: Values for the placeholders in the sentence.
        """
        self._template = template or self.template
        self._details = details
        super().__init__(self._template)

    @property
    def sentence(self) -> str:
        """The sentence to show, in the current language."""
        return gettext(self._template).format(**self._details)

    def by_field(self) -> dict[str, str]:
        """Return the sentence keyed by its form field, or by "form" without one."""
        return {self.field or "form": self.sentence}

    def is_about(self, situation: type[AppError]) -> bool:
        """Return whether this is, or holds, a refusal of this kind."""
        return isinstance(self, situation)


class FormRefused(AppError):
    """Raised when several fields of one form are refused at once."""

    def __init__(self, refusals: list[AppError]) -> None:
        """Store the refusal of each field."""
        self.refusals = refusals
        super().__init__()

    def by_field(self) -> dict[str, str]:
        """Return the sentence of each refused field."""
        return {k: v for refusal in self.refusals for k, v in refusal.by_field().items()}

    def is_about(self, situation: type[AppError]) -> bool:
        """Return whether one of the fields was refused for this reason."""
        return any(refusal.is_about(situation) for refusal in self.refusals)


class ServerFailed(AppError):
    """Raised when something failed that no refusal is about; the log has its number."""

    template = N_("Something went wrong on our end. Try again. ({incident})")

    def __init__(self, incident: str) -> None:
        """Store the number that the log has, too."""
        super().__init__(incident=incident)


class PageOutdated(AppError):
    """Raised when a page asks for something in a way that only another release knew."""

    template = N_("This page is out of date. Reload it and try again.")


class Busy(AppError):
    """Raised when the password hashing queue is full."""

    template = N_("We're very busy right now. Try again in a moment.")


class NotSignedIn(AppError):
    """Raised when an action needs a signed-in owner and there is none."""

    template = N_("Sign in first.")


class AccountLeaving(NotSignedIn):
    """Raised when a signed-in owner's account is about to be deleted.

    It is a kind of NotSignedIn, so code that doesn't know it refuses, too.
    """

    template = N_("Your account is about to be deleted. Sign in to keep it.")


class TooManyAttempts(AppError):
    """Raised when a rate limit is reached; says when to try again."""

    template = N_("Too many attempts. Try again in {time}.")

    def __init__(self, wait: timedelta) -> None:
        """Store how long to wait, at least one second."""
        self.wait = max(wait, timedelta(seconds=1))
        super().__init__()

    @property
    def sentence(self) -> str:
        """The sentence, with the wait in words."""
        return gettext(self._template).format(time=in_words(self.wait))


def in_words(wait: timedelta) -> str:
    """Return a wait in words: 45 seconds, 3 minutes, 2 hours.

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

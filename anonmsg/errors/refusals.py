"""What every refusal is made of, and those that any page may meet."""

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

"""Refusals about messages and inboxes."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError


class PageNotFound(AppError):
    """Raised when a username has no public page."""

    template = N_("Nobody's here.")


class InboxClosed(AppError):
    """Raised when a message is sent to a closed inbox."""

    field = "message"
    template = N_("{username} is not accepting messages")
    # When it opens again, as far as that is known.
    reopens = ""

    def __init__(self, username: str) -> None:
        """Store whose inbox it is."""
        self.username = username
        super().__init__(username=username)


class InboxPaused(InboxClosed):
    """Raised when a message is sent to a paused inbox; says when it opens again."""

    template = N_("{username} is not accepting messages. {reopens}")

    def __init__(self, username: str, reopens: str) -> None:
        """Store whose inbox it is, and the sentence that says when it opens again."""
        super().__init__(username)
        self._details |= {"reopens": reopens}
        self.reopens = reopens


class InvalidMessage(AppError):
    """Raised when a message is empty or too long; the sentence says which."""

    field = "message"
    template = N_("Write a message first.")


class MessageNotFound(AppError):
    """Raised when a message isn't in the owner's inbox."""

    template = N_("This message no longer exists.")


class TooManySelected(AppError):
    """Raised when something is to be done to more messages at once than 200."""

    template = N_("Select at most 200 messages at a time.")


class InvalidSearch(AppError):
    """Raised when there is nothing to search for, or too much; the sentence says which."""

    field = "search"
    template = N_("Type at least one letter or number to search for.")


class InvalidPeriod(AppError):
    """Raised when a search is from or to a day that doesn't exist."""

    field = "period"
    template = N_("Enter a day that exists, such as 2026-03-04.")


class InvalidPause(AppError):
    """Raised when a page is to be paused for a time that can't be chosen."""

    field = "length"
    template = N_("Choose for 1 hour, until tomorrow or until a date.")


class InvalidDay(AppError):
    """Raised when a day is chosen that doesn't exist, or that a pause can't end on."""

    field = "until"
    template = N_("Choose a day after today, at most a year ahead.")


class InvalidTimeZone(AppError):
    """Raised when a time zone is chosen that doesn't exist."""

    field = "time_zone"
    template = N_("Choose a time zone from the list, such as Europe/Berlin.")


class InvalidDelivery(AppError):
    """Raised when messages are to be delivered at a time that can't be chosen."""

    field = "delivery_mode"
    template = N_("Choose right away, every hour, or once a day at a full hour.")


class InvalidBrake(AppError):
    """Raised when messages are to be held from a number on that can't be chosen."""

    field = "storm_at"
    template = N_("Choose off, or 5, 10 or 30 messages a minute.")


class SameHour(AppError):
    """Raised when quiet hours are to begin when they end."""

    field = "quiet_to"
    template = N_("Choose two different hours.")


class InvalidRetention(AppError):
    """Raised when messages are to be kept for a time that can't be chosen."""

    field = "keep_days"
    template = N_("Choose forever, 30, 90 or 365 days.")


class InvalidDigest(AppError):
    """Raised when an owner is to be told at times that can't be chosen."""

    field = "frequency"
    template = N_("Choose off, at most once an hour, or once a day.")


class UnsubscribeLinkBroken(AppError):
    """Raised when a link to end emails isn't whole, or isn't ours."""

    template = N_("This link isn't complete. Copy the whole link from the email.")


class InvalidNote(AppError):
    """Raised when a note beside a message is too long."""

    field = "note"
    template = N_("Use at most 500 characters.")

"""What a mailer says when a mail could not be handed over."""

from __future__ import annotations

from enum import Enum, auto


class Trouble(Enum):
    """What is wrong, for whoever has to mend it."""

    UNREACHABLE = auto()
    SILENT = auto()
    NO_ENCRYPTION = auto()
    UNTRUSTED = auto()
    SIGN_IN = auto()
    SENDER = auto()
    RECIPIENT = auto()
    CONTENT = auto()
    TOO_OFTEN = auto()
    FOLDER = auto()
    THEIRS = auto()


class MailRefused(Exception):
    """Raised when a mail could not be handed over; it is tried again later.

    The reason may be logged: it never holds an address, a code or a key.
    """

    def __init__(self, reason: str, trouble: Trouble = Trouble.THEIRS) -> None:
        """Keep the reason, and what kind of trouble it is."""
        self.trouble = trouble
        super().__init__(reason)

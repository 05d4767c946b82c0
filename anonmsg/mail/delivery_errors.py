"""The errors a mailer raises when it can't send an email."""

from __future__ import annotations

from enum import Enum, auto


class Trouble(Enum):
    """The kinds of delivery failure, for the operator who has to fix them."""

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
    """Raised when an email couldn't be sent; it's retried later, unless that can't help.

    The reason is safe to log: it never contains an address, a code or a key.
    """

    def __init__(
        self, reason: str, trouble: Trouble = Trouble.THEIRS, *, is_final: bool = False
    ) -> None:
        """Keep the reason and the kind of failure.

        Args:
            reason: Why, in a few words for the log.
            trouble: The kind of failure.
            is_final: Whether no email can ever reach this address.
        """
        self.trouble, self.is_final = trouble, is_final
        super().__init__(reason)

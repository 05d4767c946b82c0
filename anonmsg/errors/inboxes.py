"""What a message and its inbox may refuse."""

from __future__ import annotations

from anonmsg.errors.refusals import N_, AppError


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

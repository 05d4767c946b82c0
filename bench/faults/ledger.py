"""What senders were told, compared with what is in the inboxes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bench.faults.report import Row, percentile


@dataclass
class Ledger:
    """The texts that were sent, and those that their senders were told had been.

    Attributes:
        tried: Every text that was ever sent.
        acknowledged: When each sender was told "Message sent", by text, in monotonic seconds.
        took: Milliseconds from the first attempt to that answer.
        refused: How often a sender was told anything else.
    """

    tried: set[str] = field(default_factory=set)
    acknowledged: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    refused: int = 0

    def with_those_of(self, other: Self) -> Self:
        """Return what both have noted."""
        return type(self)(
            self.tried | other.tried,
            self.acknowledged | other.acknowledged,
            self.took + other.took,
            self.refused + other.refused,
        )

    def new(self) -> str:
        """Return a text that nobody has sent before."""
        text = f"message {secrets.token_hex(12)}"
        self.tried.add(text)
        return text

    def acknowledge(self, text: str, began: float) -> None:
        """Note that its sender was told, and how long that took."""
        self.acknowledged[text] = time.monotonic()
        self.took.append((self.acknowledged[text] - began) * 1000)

    def compared(self, stored: Mapping[str, int]) -> Row:
        """Return what became of the messages.

        Args:
            stored: How often each text is in the inboxes.
        """
        return {
            "sent": len(self.acknowledged),
            "lost": sum(text not in stored for text in self.acknowledged),
            "doubled": sum(stored.get(text, 0) > 1 for text in self.tried),
            "refused": self.refused,
            "p50 ms": percentile(self.took, 0.5),
            "p99 ms": percentile(self.took, 0.99),
        }

"""Working stand-ins for the outside world."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused


@dataclass
class Clock:
    """A clock that stands still until it's moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def move(self, **by: float) -> datetime:
        """Let time pass, for example `move(minutes=15)`."""
        self.now += timedelta(**by)
        return self.now


@dataclass
class FakeMailer:
    """Keeps what is sent; refuses while `is_down`."""

    is_down: bool = False
    letters: list[Letter] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        if self.is_down:
            raise MailRefused("the service is down")
        self.letters.append(letter)
        self.keys.append(idempotency_key)

    def last_code(self) -> str:
        """The six digits in the newest email."""
        found = re.search(r"\b(\d{6})\b", self.letters[-1].text)
        assert found is not None
        return found[1]

    def last_link(self, page: str = "verify") -> str:
        """The secret part of the newest email's link to a page."""
        found = re.search(rf"/{page}#([\w-]+)", self.letters[-1].text)
        assert found is not None
        return found[1]

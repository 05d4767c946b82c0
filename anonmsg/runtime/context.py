"""Context: the outside world of one use case.

Use cases are plain functions of a Context, so that a test can pass in its own time,
database and mailer.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from anonmsg.config import Settings
from anonmsg.database import engine
from anonmsg.mail.mailer import Mailer
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.security.keyring import Keyring
from anonmsg.security.passwords import Passwords


@dataclass
class Context:
    """The outside world of one use case; `now` is fixed and aware UTC."""

    db: Session
    mailer: Mailer
    now: datetime
    settings: Settings
    keyring: Keyring
    rate_limits: RateLimits
    # Whether this thread belongs to the hashing pool; see `passwords`.
    may_hash: bool = True
    announced: list[str] = field(default_factory=list)
    mail_waits: bool = False

    @property
    def passwords(self) -> Passwords:
        """The password hasher, for the hashing pool or a command's own process.

        Raises:
            RuntimeError: the use case runs in the pool that serves everyone, which a
                quarter of a second of hashing would hold up.
        """
        if not self.may_hash:
            raise RuntimeError("This use case hashes passwords: call it by run_hashing()")
        return self.keyring.passwords

    def reading(self) -> AbstractContextManager[Session]:
        """Open a read-only transaction."""
        return engine.reading(self.db)

    def writing(self) -> AbstractContextManager[Session]:
        """Open a transaction that commits at its end or leaves no trace."""
        return engine.writing(self.db)

    def announce(self, topic: str) -> None:
        """Tell the tabs that watch a topic to refresh once the use case is done."""
        self.announced.append(topic)

"""The last step of a restore: what was made ready takes the place of what is there.

Whoever was erased since the backup was made is erased again before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from anonmsg.config import Settings, kept_secrets
from anonmsg.database import copies
from anonmsg.database.copies import CopyFailed, InUse, Stage
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import erasures
from anonmsg.services.backups import settling, unfinished
from anonmsg.services.backups.chosen_secrets import Chosen
from anonmsg.services.backups.settling import Since


@dataclass(frozen=True)
class Outcome:
    """What became of a restore.

    Attributes:
        kept: Where the replaced database is, or "".
        kept_secrets: Where the replaced secrets are, or "".
    """

    kept: str
    kept_secrets: str


class Restore:
    """A restore that is ready to take over."""

    def __init__(self, settings: Settings, stage: Stage, chosen: Chosen, staged: Settings) -> None:
        """Keep the installation, the restored database, its secrets and its settings."""
        self._settings = settings
        self._stage = stage
        self._chosen = chosen
        self._staged = staged
        self.erased = 0
        self.is_present_read = True
        self.is_anything_known = True
        self.counts: dict[str, int] = {}

    @property
    def is_replacing(self) -> bool:
        """Whether there is a database whose place it takes."""
        return self._stage.is_replacing

    def expect_unused(self) -> None:
        """Check that nobody uses the database whose place it takes.

        Raises:
            InUse: somebody does.
        """
        self._stage.expect_unused()

    def settle(self) -> erasures.Erasures:
        """Bring what may not be lost from the database in use, and erase who was erased.

        Returns:
            Every erasure that's known.

        Raises:
            OSError: the log of erasures can't be read.
        """
        since = Since()
        self.is_anything_known = (
            self._stage.is_replacing or erasures.file_in(self._settings.data_dir).exists()
        )
        if self._stage.is_replacing:
            try:
                since = settling.since(self._settings.database)
            except DBAPIError:
                self.is_present_read = False
        found = erasures.log_in(self._settings.data_dir) | since.erasures
        with running(self._staged) as runtime, runtime.context() as ctx:
            self.erased = settling.settle(
                ctx, Since(found, since.leaving), peppers=self._chosen.peppers
            )
            with ctx.reading() as db:
                self.counts = {
                    table: int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608
                    for table in copies.COUNTED
                }
        return found

    def take_over(self, *, at: datetime, discard: bool) -> Outcome:
        """Put the restored database and its secrets in place.

        Args:
            at: The time (aware UTC) by which what is replaced is named.
            discard: Whether the replaced database is deleted.

        Raises:
            InUse: a server or another program uses the database.
            CopyFailed: the database can't be put in place.
            OSError: a file can't be written.
        """
        folder = self._settings.data_dir
        with unfinished.marked(folder) as mark:
            self._stage.expect_unused()
            erasures.merge_into_log(folder, self.settle())
            mark.has_begun = True
            try:
                kept = self._stage.take_over(at)
            except (InUse, CopyFailed):
                mark.has_begun = False
                raise
            name = f"secrets.env.replaced-{at:%Y%m%dT%H%M%SZ}" if self._chosen.is_instead else ""
            if self._chosen.written:
                kept_secrets.put(folder, self._chosen.written, kept_as=name)
            if discard and kept:
                self._stage.drop_kept(kept)
        return Outcome("" if discard else kept, str(folder / name) if name else "")


@contextmanager
def running(settings: Settings) -> Iterator[Runtime]:
    """Open a restored database, by its own settings."""
    runtime = Runtime.of(settings)
    try:
        yield runtime
    finally:
        runtime.close()

"""Why a backup can't be made or restored, as a sentence for the operator."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from anonmsg.database.copies import CopyFailed, InUse

IN_USE = (
    "Something still has the database open, most likely a running anonmsg. Stop it everywhere, and "
    "run the restore again."
)
NO_ROOM = "There's no room left on the disk."


class BackupRefused(Exception):
    """Raised when a backup can't be made or restored; the text is a plain sentence."""


@contextmanager
def in_sentences(what: str) -> Iterator[None]:
    """Say what can't be done and why.

    Args:
        what: Such as "The backup can't be made".

    Raises:
        BackupRefused: the database or a file fails.
    """
    try:
        yield
    except InUse:
        raise BackupRefused(IN_USE) from None
    except CopyFailed as error:
        raise BackupRefused(f"{what}: {error}.") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BackupRefused(f"{what}: {NO_ROOM}") from None
        where = f" ({error.filename})" if error.filename else ""
        raise BackupRefused(f"{what}: {error.strerror or error}{where}.") from None

"""Turns duplicate usernames and email addresses into refusals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from anonmsg.database.constraints import duplicate_column
from anonmsg.errors import AppError, EmailTaken, UsernameTaken

TAKEN: Mapping[str, type[AppError]] = {
    "people.email_key": EmailTaken,
    "people.username_key": UsernameTaken,
}


@contextmanager
def duplicates_refused() -> Iterator[None]:
    """Turn a violated uniqueness constraint into its refusal; let other errors pass.

    Raises:
        EmailTaken: another account has the address.
        UsernameTaken: another account has the username.
    """
    try:
        yield
    except IntegrityError as error:
        refusal = TAKEN.get(duplicate_column(error))
        if refusal is None:
            raise
        raise refusal from None

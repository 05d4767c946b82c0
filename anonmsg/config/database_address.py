"""Checks DATABASE_URL: which database it names, and by which driver."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

DRIVERS = {("sqlite", "pysqlite"), ("postgresql", "psycopg")}


def expect_known(address: str) -> None:
    """Check the address of a database; it may hold a password, so no message repeats it.

    Raises:
        ValueError: it can't be read, or is of a database that anonmsg doesn't know.
    """
    try:
        url = make_url(address)
        kind = url.get_backend_name(), url.get_driver_name()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError, TypeError):
        kind = "", ""
    if kind not in DRIVERS:
        raise ValueError(
            "must be an address such as postgresql+psycopg://user:password@host/name or "
            "sqlite:////srv/anonmsg.db"
        )

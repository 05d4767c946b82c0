"""Types of columns that both databases have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator


def as_utc(value: str | datetime | None) -> datetime | None:
    """Return a time as a driver reads it, without SQLAlchemy, as aware UTC."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    if read is None:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time, even on SQLite, which stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store the time in UTC, without the zone on SQLite."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read the time back as aware UTC; PostgreSQL tells it in the connection's zone."""
        del dialect
        return as_utc(value)

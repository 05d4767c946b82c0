"""Reads rows through SQLAlchemy, whatever the database is: what each quick reader must find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from anonmsg.database.reader import Query, Row


class EngineReader:
    """Reads through the engine's pool, whatever the database is."""

    is_instant = False

    def __init__(self, engine: Engine) -> None:
        """Keep the engine."""
        self._engine = engine

    def row(self, query: Query, values: Mapping[str, Any]) -> Row | None:
        """Return a query's first row with these values bound, or None."""
        with self._engine.connect() as connection:
            found = connection.execute(query, dict(values)).first()
        return tuple(found) if found is not None else None

    def close(self) -> None:
        """Leave the pool to whoever made it."""

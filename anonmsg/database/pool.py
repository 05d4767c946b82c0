"""How many of a database's connections are in use."""

from __future__ import annotations

from sqlalchemy import Engine, QueuePool


def in_use(engine: Engine) -> int:
    """Return how many connections of the pool are in use now."""
    return engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0

"""A database without the lock that every writer takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from anonmsg.database.engine import Database, _begin_postgresql, _begin_sqlite


class WithoutTheLock(Database):
    """Each statement is its own transaction, so that nothing but its condition guards it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        if self.is_sqlite:
            event.remove(self.engine, "begin", _begin_sqlite)
        else:
            event.remove(self.engine, "begin", _begin_postgresql)
            self.engine.update_execution_options(isolation_level="AUTOCOMMIT")

    def after_the_first_look(self, table: str, meanwhile: Callable[[], object]) -> None:
        """Do something once, after the next statement that reads a table."""
        waiting = [meanwhile]

        def looked(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if waiting and statement.startswith(f"SELECT {table}."):
                waiting.pop()()

        event.listen(self.engine, "after_cursor_execute", looked)

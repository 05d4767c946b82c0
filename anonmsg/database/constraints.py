"""Names the constraint that a rejected row violated, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sqlite3

from psycopg.errors import Diagnostic, UniqueViolation
from sqlalchemy.exc import IntegrityError

from anonmsg.database.tables import Person

TABLES = Person.metadata.tables
# SQLite's two extended result codes for a duplicate value.
REPEATED = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


def duplicate_column(error: IntegrityError) -> str:
    """Return the unique column with a duplicate value, such as "people.email_key".

    Returns:
        An empty string if the violated constraint is another one, or spans several columns.
    """
    refused = error.orig
    if isinstance(refused, sqlite3.IntegrityError) and refused.sqlite_errorcode in REPEATED:
        # "UNIQUE constraint failed: people.email_key", with commas between several columns.
        column = str(refused).rpartition(": ")[2]
        return column if column in _columns() else ""
    if isinstance(refused, UniqueViolation):
        return _column_from_postgresql(refused.diag)
    return ""


def _columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}


def _column_from_postgresql(diagnostic: Diagnostic) -> str:
    """Find the column by the constraint name that PostgreSQL generates by default."""
    table = TABLES.get(diagnostic.table_name or "")
    if table is None:
        return ""
    names = {f"{table.name}_{column.name}_key": column.name for column in table.columns}
    if len(table.primary_key.columns) == 1:
        names[f"{table.name}_pkey"] = table.primary_key.columns[0].name
    column = names.get(diagnostic.constraint_name or "")
    return f"{table.name}.{column}" if column else ""

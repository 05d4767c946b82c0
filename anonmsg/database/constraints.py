"""Which constraint a refused row would have broken, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sqlite3

from psycopg.errors import Diagnostic, UniqueViolation
from sqlalchemy.exc import IntegrityError

from anonmsg.database.tables import Person

TABLES = Person.metadata.tables
# Both of SQLite's own, the extended codes of "constraint failed".
REPEATED = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


def repeated_column(error: IntegrityError) -> str:
    """The unique column whose value another row has already, such as "people.email_key".

    Returns:
        Nothing where the broken constraint is another one, or is about several
        columns together.
    """
    refused = error.orig
    if isinstance(refused, sqlite3.IntegrityError) and refused.sqlite_errorcode in REPEATED:
        # "UNIQUE constraint failed: people.email_key", with a comma between several.
        column = str(refused).rpartition(": ")[2]
        return column if column in _columns() else ""
    if isinstance(refused, UniqueViolation):
        return _named_by_postgresql(refused.diag)
    return ""


def _columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}


def _named_by_postgresql(told: Diagnostic) -> str:
    """The column of a constraint that has the name PostgreSQL gives by itself."""
    table = TABLES.get(told.table_name or "")
    if table is None:
        return ""
    names = {f"{table.name}_{column.name}_key": column.name for column in table.columns}
    if len(table.primary_key.columns) == 1:
        names[f"{table.name}_pkey"] = table.primary_key.columns[0].name
    column = names.get(told.constraint_name or "")
    return f"{table.name}.{column}" if column else ""

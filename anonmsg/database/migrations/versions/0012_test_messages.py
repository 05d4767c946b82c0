"""Add which message its owner sent as a test; such a one counts nowhere.

No row is written: only the triggers that count change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# ruff: noqa: S608  (all names are those below)

# What counts in which column of `inboxes`; {m} stands for the row.
COUNTED = {
    "inbox": "{m}.folder = 'inbox'",
    "inbox_unread": "{m}.folder = 'inbox' AND {m}.is_unread",
    "archive": "{m}.folder = 'archive'",
    "archive_unread": "{m}.folder = 'archive' AND {m}.is_unread",
    "starred": "{m}.is_starred AND {m}.folder <> 'trash'",
    "trash": "{m}.folder = 'trash'",
}
NO_TEST = " AND NOT {m}.is_test"
# The rows that each event adds and removes, as PostgreSQL passes them on.
CHANGES = {"insert": ["added"], "update": ["added", "removed"], "delete": ["removed"]}
SIGN = {"added": 1, "removed": -1}
NAMES = {"added": "NEW", "removed": "OLD"}


def upgrade() -> None:
    """Apply the change: no message is a test."""
    op.add_column(
        "messages", sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _count({column: condition + NO_TEST for column, condition in COUNTED.items()}, ", is_test")


def downgrade() -> None:
    """Revert the change; tests would count, so they go."""
    op.execute("DELETE FROM messages WHERE is_test")
    _count(COUNTED, "")
    op.drop_column("messages", "is_test")


def _count(counted: dict[str, str], more: str) -> None:
    """Have the triggers count by these conditions, which also need these columns."""
    for event, rows in CHANGES.items():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER messages_counted_on_{event}")
            op.execute(_sqlite_trigger(event, rows, counted))
        else:
            op.execute(_postgresql_function(event, rows, counted, more))


def _sqlite_trigger(event: str, rows: list[str], counted: dict[str, str]) -> str:
    changes = ", ".join(
        f"{column} = {column}"
        + "".join(
            f" {'+' if SIGN[row] > 0 else '-'} ({condition.format(m=NAMES[row])})" for row in rows
        )
        for column, condition in counted.items()
    )
    of_columns = " OF folder, is_unread, is_starred" if event == "update" else ""
    return (
        f"CREATE TRIGGER messages_counted_on_{event} AFTER {event}{of_columns} ON messages BEGIN "
        f"UPDATE inboxes SET {changes} WHERE person_id = {NAMES[rows[0]]}.person_id; END"
    )


def _postgresql_function(event: str, rows: list[str], counted: dict[str, str], more: str) -> str:
    changed = " UNION ALL ".join(
        f"SELECT person_id, folder, is_unread, is_starred{more}, {SIGN[row]} AS n FROM {row}"
        for row in rows
    )
    sums = ", ".join(
        f"coalesce(sum(m.n) FILTER (WHERE {condition.format(m='m')}), 0) AS {column}"
        for column, condition in counted.items()
    )
    changes = ", ".join(f"{column} = i.{column} + d.{column}" for column in counted)
    is_any = " OR ".join(f"d.{column} <> 0" for column in counted)
    return (
        f"CREATE OR REPLACE FUNCTION count_messages_on_{event}() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN UPDATE inboxes i SET {changes} "
        f"FROM (SELECT m.person_id, {sums} FROM ({changed}) m GROUP BY m.person_id) d "
        f"WHERE i.person_id = d.person_id AND ({is_any}); RETURN NULL; END $$"
    )

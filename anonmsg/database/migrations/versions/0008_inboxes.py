"""Add what an owner does with messages, kept counts, and a key of each inbox.

The texts themselves are sealed later, in batches while the server runs, because only the
app has the secrets. What came before is read, so that nobody opens hundreds of unread ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
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
# The rows that a statement has added and removed, as PostgreSQL passes them on.
CHANGES = {
    "insert": ("REFERENCING NEW TABLE AS added", "added"),
    "update": ("REFERENCING NEW TABLE AS added OLD TABLE AS removed", "added removed"),
    "delete": ("REFERENCING OLD TABLE AS removed", "removed"),
}
SIGN = {"added": 1, "removed": -1}


def upgrade() -> None:
    """Apply the change; no row is written, but each is counted."""
    no = sa.false()
    op.add_column("messages", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        "messages", sa.Column("folder", sa.String(10), nullable=False, server_default="inbox")
    )
    for name in ("is_unread", "is_starred"):
        op.add_column("messages", sa.Column(name, sa.Boolean(), nullable=False, server_default=no))
    op.add_column("messages", sa.Column("trashed_on", sa.Date(), nullable=True))
    op.add_column(
        "messages", sa.Column("trashed_from", sa.String(10), nullable=False, server_default="")
    )
    op.add_column("messages", sa.Column("note", sa.LargeBinary(), nullable=True))
    _index()
    _tables()
    _triggers()


def _index() -> None:
    op.drop_index("ix_messages_inbox", table_name="messages")
    op.create_index("ix_messages_folder", "messages", ["person_id", "folder", "sent_at", "id"])
    for name, columns, sqlite, postgresql in (
        ("starred", ["person_id", "sent_at", "id"], "is_starred = 1", "is_starred"),
        ("trashed", ["trashed_on"], "trashed_on IS NOT NULL", "trashed_on IS NOT NULL"),
        ("clear", ["person_id", "id"], "content <> ''", "content <> ''"),
    ):
        op.create_index(
            f"ix_messages_{name}",
            "messages",
            columns,
            sqlite_where=sa.text(sqlite),
            postgresql_where=sa.text(postgresql),
        )


def _tables() -> None:
    def owner() -> list[sa.schema.SchemaItem]:
        return [
            sa.Column("person_id", sa.String(length=22), nullable=False),
            sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("person_id"),
        ]

    op.create_table(
        "inbox_keys",
        *owner(),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pepper_id", sa.String(length=8), nullable=False),
    )
    op.create_table(
        "inboxes",
        *owner(),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in COUNTED),
    )
    op.execute(
        "INSERT INTO inboxes (person_id, inbox) SELECT p.id, count(m.id) FROM people p "
        "LEFT JOIN messages m ON m.person_id = p.id GROUP BY p.id"
    )


def _triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event, (_, rows) in CHANGES.items():
            op.execute(_sqlite_trigger(event, rows.split()))
        return
    for event, (referencing, rows) in CHANGES.items():
        op.execute(_postgresql_function(event, rows.split()))
        op.execute(
            f"CREATE TRIGGER messages_counted_on_{event} AFTER {event} ON messages "
            f"{referencing} FOR EACH STATEMENT EXECUTE FUNCTION count_messages_on_{event}()"
        )


def _sqlite_trigger(event: str, rows: list[str]) -> str:
    """Return a trigger for each row: an UPDATE in place costs a few microseconds."""
    names = {"added": "NEW", "removed": "OLD"}
    changes = ", ".join(
        f"{column} = {column}"
        + "".join(
            f" {'+' if SIGN[row] > 0 else '-'} ({condition.format(m=names[row])})" for row in rows
        )
        for column, condition in COUNTED.items()
    )
    of_columns = " OF folder, is_unread, is_starred" if event == "update" else ""
    return (
        f"CREATE TRIGGER messages_counted_on_{event} AFTER {event}{of_columns} ON messages BEGIN "
        f"UPDATE inboxes SET {changes} WHERE person_id = {names[rows[0]]}.person_id; END"
    )


def _postgresql_function(event: str, rows: list[str]) -> str:
    """Return a trigger's function for each statement: for each row it would leave a dead one."""
    changed = " UNION ALL ".join(
        f"SELECT person_id, folder, is_unread, is_starred, {SIGN[row]} AS n FROM {row}"
        for row in rows
    )
    sums = ", ".join(
        f"coalesce(sum(m.n) FILTER (WHERE {condition.format(m='m')}), 0) AS {column}"
        for column, condition in COUNTED.items()
    )
    changes = ", ".join(f"{column} = i.{column} + d.{column}" for column in COUNTED)
    is_any = " OR ".join(f"d.{column} <> 0" for column in COUNTED)
    return (
        f"CREATE FUNCTION count_messages_on_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN UPDATE inboxes i SET {changes} FROM (SELECT m.person_id, {sums} FROM ({changed}) m "
        f"GROUP BY m.person_id) d WHERE i.person_id = d.person_id AND ({is_any}); "
        "RETURN NULL; END $$"
    )


def downgrade() -> None:
    """Revert the change; what is sealed is lost."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in CHANGES:
        op.execute(
            f"DROP TRIGGER messages_counted_on_{event}" + ("" if is_sqlite else " ON messages")
        )
        if not is_sqlite:
            op.execute(f"DROP FUNCTION count_messages_on_{event}()")
    op.drop_table("inboxes")
    op.drop_table("inbox_keys")
    for name in ("folder", "starred", "trashed", "clear"):
        op.drop_index(f"ix_messages_{name}", table_name="messages")
    added = "sealed folder is_unread is_starred trashed_on trashed_from note"
    for name in added.split():
        op.drop_column("messages", name)
    op.create_index("ix_messages_inbox", "messages", ["person_id", "sent_at", "id"])

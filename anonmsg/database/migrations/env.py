"""Runs migrations on the connection that the app provides, and on no other."""

from alembic import context
from sqlmodel import SQLModel

import anonmsg.database.tables  # noqa: F401  (registers the tables)

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

"""The revisions of the tables that this release knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


class UnknownRevision(Exception):
    """Raised when tables aren't of this release; they may be of a newer one."""


def expect_known(connection: Connection) -> None:
    """Check that the tables are of a revision that this release knows.

    Raises:
        UnknownRevision: they aren't.
    """
    if MigrationContext.configure(connection).get_current_revision() not in _known():
        raise UnknownRevision


@cache
def _known() -> frozenset[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    return frozenset(script.revision for script in scripts.walk_revisions())

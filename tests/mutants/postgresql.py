"""Guards of what PostgreSQL does otherwise than SQLite, and of what hosts must share."""

from __future__ import annotations

from tests.mutants.mutant import cut, gone, instead, never, of

MUTANTS = (
    *of(
        "database/engine.py",
        "database/test_postgresql.py",
        gone("a writer has PostgreSQL's lock first", "locks.hold(connection, locks.WRITING)"),
        gone("a reader sees one snapshot", "db.connection(execution_options=SNAPSHOT)"),
        cut("a reader changes nothing", ", 'postgresql_readonly': True"),
        cut("a writer sees what was committed", ", isolation_level='READ COMMITTED'"),
        instead("connections have an end", "'max_overflow': 0", "'max_overflow': 1"),
    ),
    *of(
        "database/engine.py",
        "services/test_on_postgresql.py",
        cut("a lost connection is replaced", "pool_pre_ping=True, ", only="ended"),
        instead(
            "an INSERT tells by RETURNING",
            "db.connection().execute(statement.returning(*keys)).first() is not None",
            "db.connection().execute(statement).rowcount == 1",
            only="signs_up",
        ),
    ),
    *of(
        "database/reader.py",
        "services/test_on_postgresql.py",
        gone("a lent connection is as before", "driver.autocommit = False", only="as_before"),
    ),
    *of(
        "database/bounds.py",
        "database/test_postgresql.py",
        instead("sessions are bounded", "[*ours, *theirs]", "theirs"),
        instead("the address wins", "[*ours, *theirs]", "[*theirs, *ours]"),
        cut("connecting has an end", "**CONNECTION, "),
    ),
    *of(
        "database/columns.py",
        "database/test_postgresql.py",
        instead("times are UTC", "read.astimezone(UTC)", "read", "as_utc", only="zone"),
    ),
    *of(
        "database/locks.py",
        "database/test_postgresql.py",
        instead(
            "one is alone", "bool(connection.execute(TRY, {'key': key}).scalar())", "True", "alone"
        ),
        never("a lock is let go of", "is_alone", "alone"),
    ),
    *of(
        "database/revisions.py",
        "database/test_postgresql.py",
        gone("a change doesn't wait for long", "_bound_changes(connection)", only="tries"),
        instead(
            "a change tries again",
            "not isinstance(error.orig, LockNotAvailable) or time.monotonic() > deadline",
            "True",
            only="tries",
        ),
    ),
    *of(
        "services/outbox.py",
        "services/test_on_postgresql.py",
        cut("a claimed mail is passed over", ".with_for_update(skip_locked=True)", only="mail"),
    ),
    *of(
        "services/purges.py",
        "services/test_on_postgresql.py",
        cut("one worker purges", "not is_alone or ", only="purges"),
    ),
    *of(
        "services/token_secrets.py",
        "services/test_token_secrets.py",
        never("other secrets don't start", "(found := problems(ctx))"),
        cut("a second copy has the same secrets", "ctx.settings.instances == 'one' and "),
        instead("a rotated secret counts", "for each in (name, before)", "for each in (name,)"),
    ),
    *of(
        "services/peppers.py",
        "services/test_peppers.py",
        cut("a second copy has the same pepper", "is_others or "),
    ),
    *of(
        "database/inspection.py",
        "commands/test_database.py",
        gone("a standby is told", "_expect_primary(connection)", only="standby"),
    ),
    *of(
        "background.py",
        "commands/test_database.py",
        never(
            "a database that can't be used is told",
            "(problem := inspection.problem(address))",
            only="newer_release",
        ),
    ),
    *of(
        "commands/database_findings.py",
        "commands/test_database.py",
        never("too many connections are told", "most > server.connections", only="connections"),
    ),
    *of(
        "config/database_address.py",
        "commands/test_database.py",
        never("another database is refused", "kind not in DRIVERS", only="another_database"),
    ),
)

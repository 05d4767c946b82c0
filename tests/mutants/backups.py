"""Guards of backups and restores: nothing half, nothing foreign, and nobody back who was erased."""

from __future__ import annotations

from tests.mutants.mutant import cut, gone, instead, never, of

MUTANTS = (
    *of(
        "services/backups/restoring.py",
        "commands/test_restore.py",
        never("each kind stays with its kind", "manifest.database != ours", "", "kind"),
        never("newer tables are refused", "state is inspection.State.UNKNOWN", "", "newer"),
        never(
            "a PEPPER must be theirs", "peppers.problems(ctx)", "_expect_pepper", "other_secrets"
        ),
    ),
    *of(
        "services/backups/taking_over.py",
        "commands/test_restore.py",
        instead(
            "the log of erasures counts",
            "erasures.log_in(self._settings.data_dir) | since.erasures",
            "since.erasures",
            only="lost",
        ),
    ),
    *of(
        "services/backups/settling.py",
        "commands/test_restore.py",
        gone("no ended sign-in comes back", "db.exec(delete(SignInSession))", "", "ended"),
        gone("the secrets of no sign-in are left", "token_secrets.forget(ctx)", "", "rotated"),
        gone("nobody erased comes back", "deletions.erase(ctx, person_id=person_id)", "", "erased"),
        never("who leaves still leaves", "now_leaves_at != leaves_at", "", "leaving"),
    ),
    *of(
        "security/age_passphrases.py",
        "unit/test_age_passphrases.py",
        never(
            "a header is whole", "not hmac.compare_digest(_mac(file_key, header), _decoded(mac))"
        ),
        instead("a forged file costs little", "int(found[3]) > MOST_LOG_N", "False"),
    ),
    *of(
        "services/backups/archive.py",
        "commands/test_restore.py",
        never("checksums are compared", "found != part", "", "whole"),
    ),
    *of(
        "services/backups/unfinished.py",
        "commands/test_restore.py",
        instead(
            "nothing starts on a half restore",
            "if is_marked else []",
            "if False else []",
            "",
            "start",
        ),
    ),
    *of(
        "services/backups/chosen_secrets.py",
        "services/test_chosen_secrets.py",
        never("other secrets are refused", "not replace"),
        instead("an erasure may be under any pepper", "peppers=(*then, *now)", "peppers=then"),
    ),
    *of(
        "database/postgresql_copies.py",
        "commands/test_backup_postgresql.py",
        never(
            "one restore at a time",
            "not _one(connection, lock, RESTORING, self._target)",
            only="leftover",
        ),
        cut("cleaning is nobody's use", " AND usesysid IS NOT NULL", only="cleaning"),
    ),
    *of(
        "database/sqlite_copies.py",
        "commands/test_restore.py",
        instead("a running server is left alone", "raise InUse from None", "return", "", "running"),
    ),
)

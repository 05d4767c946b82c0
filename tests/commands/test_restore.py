"""`restore`: all of it or nothing, and who was erased stays erased."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select, update

from anonmsg import background, config
from anonmsg.config import BadSettings, Settings, kept_secrets, load
from anonmsg.database.copies import InUse, StagedSqlite
from anonmsg.database.tables import Person, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import peppers, token_secrets
from anonmsg.services.accounts import deletions, erasures
from anonmsg.services.backups import unfinished
from anonmsg.services.sessions import sign_ins
from bench import inboxes
from tests import factories
from tests.backups import PASSPHRASE, content, make, opened, rewritten
from tests.commands.conftest import Command
from tests.factories import NETWORK, PASSWORD

ROOT = Path(__file__).parents[2]
TEXT = "an unmistakable sentence, left by nobody"
OTHER_PEPPER = "another pepper 0123456789 abcdefgh"


@pytest.fixture
def ada(ctx: Context) -> Person:
    """Somebody with a message."""
    peppers.check(ctx)
    made = factories.person(ctx, "ada")
    factories.messages(ctx, made, TEXT)
    return made


@pytest.fixture
def bob(ctx: Context, ada: Person) -> Person:
    """Somebody else."""
    return factories.person(ctx, "bob")


@pytest.fixture
def file(ctx: Context, bob: Person, tmp_path: Path) -> Path:
    """A backup of both, not encrypted."""
    return make(ctx.settings, tmp_path / "clear.backup")


@pytest.fixture
def encrypted(ctx: Context, bob: Person, tmp_path: Path) -> Path:
    """A backup of both, with the secrets."""
    return make(ctx.settings, tmp_path / "encrypted.backup", passphrase=PASSPHRASE)


@pytest.fixture
def restore(command: Command, ctx: Context, runtime: Runtime) -> Command:
    """Stop the installation, and restore into it."""

    def run(*arguments: str, typed: str | None = None, **env: str) -> object:
        runtime.database.close()
        env = {"DATA_DIR": str(ctx.settings.data_dir)} | env
        return command("restore", *arguments, typed=typed, **env)

    return run


def usernames(settings: Settings) -> list[str]:
    with opened(settings) as ctx, ctx.reading() as db:
        return sorted(db.exec(select(Person.username)).all())


def test_an_empty_machine_gets_everything_back(
    restore: Command, encrypted: Path, ada: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    result = restore(str(encrypted), typed=f"{PASSPHRASE}\ny\n", DATA_DIR=str(folder))
    assert result.exit_code == 0, result.output
    assert "Restored: 2 accounts and 1 message." in result.output
    assert PASSPHRASE not in result.output
    assert sorted(each.name for each in folder.iterdir() if each.suffix != ".lock") == [
        "anonmsg.db",
        "secrets.env",
    ]
    assert (folder / "anonmsg.db").stat().st_mode & 0o777 == 0o600
    assert (folder / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    with opened(load(data_dir=folder, secrets_are_made=False)) as ctx:
        peppers.check(ctx)
        assert sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    assert inboxes.texts(folder, "ada") == [TEXT]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_check_changes_nothing(
    restore: Command, ctx: Context, file: Path, tmp_path: Path, *, is_there: bool
) -> None:
    folder = ctx.settings.data_dir if is_there else tmp_path / "nowhere"
    before = content(tmp_path)
    secrets = {
        name.upper(): getattr(ctx.settings, name).get_secret_value()
        for name in ("pepper", "access_token_secret", "refresh_token_secret")
    }
    result = restore(str(file), "--check", DATA_DIR=str(folder), **secrets)
    assert result.exit_code == 0, result.output
    assert "has 2 accounts and 1 message, as of 20" in result.output
    assert "It can be restored: checksums, tables and PEPPER are right. Nothing was ch" in (
        result.output
    )
    assert content(tmp_path) == before
    assert folder.exists() == is_there


def test_a_check_runs_beside_a_server(on_site: Command, ctx: Context, file: Path) -> None:
    with ctx.reading() as db:
        assert db.get(Person, "nobody") is None
        assert on_site("restore", str(file), "--check").exit_code == 0


def test_nothing_is_restored_under_a_running_server(
    on_site: Command, ctx: Context, file: Path
) -> None:
    before = content(ctx.settings.data_dir)
    with ctx.reading() as db:
        assert db.get(Person, "nobody") is None
        result = on_site("restore", str(file), "--yes")
    assert result.exit_code == 1
    assert "Something still has the database open, most likely a running anonmsg." in result.output
    assert content(ctx.settings.data_dir) == before


def test_who_was_erased_stays_erased(
    restore: Command, ctx: Context, file: Path, bob: Person
) -> None:
    deletions.erase(ctx, person_id=bob.id)
    # The database alone knows of it.
    erasures.file_in(ctx.settings.data_dir).unlink()
    result = restore(str(file), "--yes")
    assert "now deleted again: 1" in result.output
    assert usernames(ctx.settings) == ["ada"]
    assert len(erasures.log_in(ctx.settings.data_dir)) == 1
    # And so it does after another restore of the same backup.
    assert "now deleted again: 1" in restore(str(file), "--yes").output
    assert usernames(ctx.settings) == ["ada"]
    assert b"bob@example.com" not in (ctx.settings.data_dir / "anonmsg.db").read_bytes()


@pytest.mark.parametrize("lost", ["gone", "garbage"])
def test_who_was_erased_stays_erased_when_the_database_is_lost(
    restore: Command, ctx: Context, runtime: Runtime, file: Path, bob: Person, lost: str
) -> None:
    deletions.erase(ctx, person_id=bob.id)
    runtime.database.close()
    database = ctx.settings.data_dir / "anonmsg.db"
    database.unlink()
    if lost == "garbage":
        database.write_bytes(b"not a database at all" * 500)
    result = restore(str(file), "--yes")
    assert result.exit_code == 0, result.output
    assert ("couldn't be read" in result.output) == (lost == "garbage")
    assert "There was neither a database nor" not in result.output
    assert usernames(ctx.settings) == ["ada"]


def test_where_nothing_knows_who_was_erased_it_says_so(
    restore: Command, ctx: Context, runtime: Runtime, file: Path, bob: Person
) -> None:
    deletions.erase(ctx, person_id=bob.id)
    runtime.database.close()
    log = erasures.file_in(ctx.settings.data_dir)
    elsewhere = log.read_text()
    log.unlink()
    (ctx.settings.data_dir / "anonmsg.db").unlink()
    result = restore(str(file), "--yes")
    assert "so accounts that were deleted since the backup are back." in result.output
    assert usernames(ctx.settings) == ["ada", "bob"]
    log.write_text(elsewhere)
    result = restore(str(file), "--yes")
    assert "now deleted again: 1" in result.output
    assert "There was neither a database nor" not in result.output
    assert usernames(ctx.settings) == ["ada"]


def test_who_was_erased_stays_erased_after_the_pepper_was_replaced(
    restore: Command, command: Command, ctx: Context, encrypted: Path, bob: Person
) -> None:
    folder = str(ctx.settings.data_dir)
    assert command("rotate-secrets", "--pepper", DATA_DIR=folder).exit_code == 0
    assert command("delete-user", "bob", "--yes", DATA_DIR=folder).exit_code == 0
    result = restore(str(encrypted), typed=f"{PASSPHRASE}\ny\n")
    assert "now deleted again: 1" in result.output, result.output
    assert usernames(ctx.settings) == ["ada"]


def test_who_is_leaving_still_leaves_and_who_has_stayed_stays(
    restore: Command, ctx: Context, ada: Person, bob: Person, tmp_path: Path
) -> None:
    soon = ctx.now + timedelta(days=7)
    for person, leaves_at in ((ada, None), (bob, soon)):
        with ctx.writing() as db:
            db.exec(update(Person).where(Person.id == person.id).values(leaves_at=leaves_at))
    file = make(ctx.settings, tmp_path / "a.backup")
    for person, leaves_at in ((ada, soon), (bob, None)):
        with ctx.writing() as db:
            db.exec(update(Person).where(Person.id == person.id).values(leaves_at=leaves_at))
    assert restore(str(file), "--yes").exit_code == 0
    with opened(ctx.settings) as after, after.reading() as db:
        found = dict(db.exec(select(Person.username, Person.leaves_at)).all())
    assert found == {"ada": soon, "bob": None}


def test_no_ended_sign_in_comes_back(
    restore: Command, ctx: Context, ada: Person, tmp_path: Path
) -> None:
    sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    file = make(ctx.settings, tmp_path / "a.backup")
    assert "Everyone has to sign in again." in restore(str(file), "--yes").output
    with opened(ctx.settings) as after, after.reading() as db:
        assert db.exec(select(SignInSession)).all() == []


def test_token_secrets_that_were_rotated_since_sign_people_in(
    restore: Command, ctx: Context, encrypted: Path
) -> None:
    token_secrets.check(ctx)
    file = make(ctx.settings, encrypted.with_name("later.backup"), passphrase=PASSPHRASE)
    names = ("ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET")
    kept_secrets.put(ctx.settings.data_dir, {name: f"{name} 0123456789 abcdefgh" for name in names})
    assert restore(str(file), typed=f"{PASSPHRASE}\ny\n").exit_code == 0
    with opened(ctx.settings) as restored:
        several = restored.settings.model_copy(update={"instances": "several"})
        token_secrets.check(dataclasses.replace(restored, settings=several))


def test_what_it_replaced_is_kept_unless_told(restore: Command, ctx: Context, file: Path) -> None:
    factories.person(ctx, "cyd")
    result = restore(str(file), "--yes")
    (kept,) = ctx.settings.data_dir.glob("anonmsg.db.replaced-*")
    assert f"What it replaced is kept: {kept}" in result.output
    assert kept.stat().st_mode & 0o777 == 0o600
    url = f"sqlite:///{kept}"
    assert usernames(ctx.settings.model_copy(update={"database_url": url})) == ["ada", "bob", "cyd"]
    assert usernames(ctx.settings) == ["ada", "bob"]
    kept.unlink()
    assert restore(str(file), "--yes", "--discard").exit_code == 0
    assert [*ctx.settings.data_dir.glob("*replaced*")] == []


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_it_asks_first(restore: Command, ctx: Context, file: Path, typed: str) -> None:
    before = content(ctx.settings.data_dir)
    result = restore(str(file), typed=typed)
    assert result.exit_code == 1
    assert "messages deleted since then are back" in " ".join(result.output.split())
    assert "Nothing was changed." in result.output
    assert content(ctx.settings.data_dir) == before


def cut_off(file: Path) -> Path:
    made = file.with_suffix(".cut")
    made.write_bytes(file.read_bytes()[:-100])
    return made


def flipped(file: Path) -> Path:
    made, found = file.with_suffix(".flipped"), bytearray(file.read_bytes())
    found[len(found) // 2] ^= 1
    made.write_bytes(found)
    return made


def of_a_newer_format(file: Path) -> Path:
    return rewritten(file, "manifest.json", b'{"format": 2}')


def without_a_manifest(file: Path) -> Path:
    return rewritten(file, "manifest.json", b"[1, 2]")


def with_a_forged_database(file: Path) -> Path:
    return rewritten(file, "database.sqlite", b"something else")


def a_text(file: Path) -> Path:
    made = file.with_suffix(".txt")
    made.write_text("not a backup")
    return made


def an_empty_file(file: Path) -> Path:
    made = file.with_suffix(".empty")
    made.write_text("")
    return made


def a_folder(file: Path) -> Path:
    return file.parent


def nothing(file: Path) -> Path:
    return file.with_suffix(".nothing")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (cut_off, "is cut off or damaged, so it can't be restored. Use another backup."),
        (flipped, "is cut off or damaged, so it can't be restored. Use another backup."),
        (without_a_manifest, "is cut off or damaged, so it can't be restored."),
        (with_a_forged_database, "is cut off or damaged, so it can't be restored."),
        (of_a_newer_format, "was made by a newer version of anonmsg. Update anonmsg first."),
        (a_text, "isn't a backup of anonmsg."),
        (an_empty_file, "isn't a backup of anonmsg."),
        (a_folder, "can't be read: Is a directory"),
        (nothing, "can't be read: No such file or directory"),
    ],
)  # fmt: skip
def test_what_is_no_whole_backup_gets_a_sentence(
    restore: Command, ctx: Context, file: Path, made: object, told: str
) -> None:
    bad, before = made(file), content(ctx.settings.data_dir)
    result = restore(str(bad), "--yes")
    assert result.exit_code == 1
    assert told in result.output
    assert content(ctx.settings.data_dir) == before


def test_a_flipped_bit_in_an_encrypted_backup_is_seen(
    restore: Command, ctx: Context, encrypted: Path
) -> None:
    before = content(ctx.settings.data_dir)
    result = restore(str(flipped(encrypted)), typed=f"{PASSPHRASE}\n")
    assert result.exit_code == 1
    assert "is cut off or damaged" in result.output
    assert content(ctx.settings.data_dir) == before


def test_a_wrong_passphrase_gets_a_sentence(restore: Command, encrypted: Path) -> None:
    result = restore(str(encrypted), typed="another passphrase\n")
    assert result.exit_code == 1
    assert f"That's not the passphrase of {encrypted}." in result.output
    assert "No passphrase was given." in restore(str(encrypted), typed="").output


def test_tables_of_a_newer_version_get_a_sentence(
    restore: Command, ctx: Context, runtime: Runtime, ada: Person, tmp_path: Path
) -> None:
    with runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    file = make(ctx.settings, tmp_path / "a.backup")
    result = restore(str(file), "--yes")
    assert result.exit_code == 1
    assert "The backup was made by a newer version of anonmsg. Update anonmsg" in result.output


def test_a_backup_of_another_kind_gets_a_sentence(
    restore: Command, ctx: Context, file: Path
) -> None:
    manifest = json.loads(rewritten_manifest(file))
    manifest["database"] = "postgresql"
    manifest["parts"]["database.dump"] = manifest["parts"].pop("database.sqlite")
    bad = rewritten(file, "manifest.json", json.dumps(manifest).encode())
    result = restore(str(bad), "--yes")
    assert result.exit_code == 1
    assert "The backup is of PostgreSQL, and this installation uses SQLite." in result.output


def rewritten_manifest(file: Path) -> bytes:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(file) as found:
        return found.read("manifest.json")


def test_a_folder_that_cannot_be_written_gets_a_sentence(
    restore: Command, encrypted: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    result = restore(
        str(encrypted), "--yes", typed=f"{PASSPHRASE}\n", DATA_DIR=str(tmp_path / "file" / "data")
    )
    assert result.exit_code == 1
    assert "Not a directory" in result.output


def test_without_secrets_anywhere_nothing_is_restored(
    restore: Command, file: Path, tmp_path: Path
) -> None:
    result = restore(str(file), "--yes", DATA_DIR=str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "The backup was made without a passphrase, so it holds no secrets" in result.output
    assert not (tmp_path / "new" / "anonmsg.db").exists()


def test_other_secrets_are_replaced_only_when_told(
    restore: Command, encrypted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "started-once"
    present = load(data_dir=folder)
    result = restore(str(encrypted), "--yes", typed=f"{PASSPHRASE}\n", DATA_DIR=str(folder))
    assert result.exit_code == 1
    assert "add --replace-secrets" in result.output
    assert load(data_dir=folder) == present
    result = restore(
        str(encrypted), "--yes", "--replace-secrets", typed=f"{PASSPHRASE}\n", DATA_DIR=str(folder)
    )
    assert result.exit_code == 0, result.output
    (kept,) = folder.glob("secrets.env.replaced-*")
    assert f"The secrets that it replaced are kept: {kept}" in result.output
    assert present.pepper.get_secret_value() in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    with opened(load(data_dir=folder, secrets_are_made=False)) as ctx:
        assert sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)


def test_secrets_that_are_set_by_hand_are_replaced_by_hand(
    restore: Command, encrypted: Path, tmp_path: Path
) -> None:
    result = restore(
        str(encrypted), "--yes", "--replace-secrets", typed=f"{PASSPHRASE}\n", PEPPER=OTHER_PEPPER
    )
    assert result.exit_code == 1
    assert "PEPPER is set in the environment or .env, which this command doesn't" in result.output
    assert OTHER_PEPPER not in result.output


def test_a_database_of_other_secrets_is_not_restored(
    restore: Command, ctx: Context, file: Path
) -> None:
    result = restore(str(file), "--yes", PEPPER=OTHER_PEPPER)
    assert result.exit_code == 1
    assert "The backup's database doesn't belong to the secrets it would get" in result.output


def test_after_90_days_it_warns_of_those_it_cannot_know(
    restore: Command, ctx: Context, bob: Person, tmp_path: Path
) -> None:
    for days, is_told in ((80, False), (100, True)):
        made_at = datetime.now(UTC) - timedelta(days=days)
        file = make(ctx.settings, tmp_path / f"{days}.backup", now=made_at)
        result = restore(str(file), "--check")
        assert ("The backup is more than 90 days old." in result.output) == is_told


KILLED = """
import os, signal, sys
from anonmsg.config import kept_secrets
from anonmsg.database import copies
from anonmsg.commands import cli
kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
{place} = kill
cli(sys.argv[1:])
"""


@pytest.mark.parametrize(
    "place",
    ["copies.StagedSqlite.take_over", "copies.sqlite_copies.put_in_place", "kept_secrets.put"],
)
def test_a_killed_restore_lets_nothing_start_until_it_is_repeated(
    command: Command, encrypted: Path, tmp_path: Path, place: str
) -> None:
    folder = tmp_path / "new"
    (tmp_path / "words").write_text(PASSPHRASE)
    asked = ["restore", str(encrypted), "--yes", "--passphrase-file", str(tmp_path / "words")]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(place=place), *asked],
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "DATA_DIR": str(folder)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    secrets = {name: f"set by hand, the {name} 0123456789 abcdefghij" for name in SECRETS}
    # What `serve` reads is read once a process.
    config._settings_at.cache_clear()
    for name in ("serve", "purge", "check-config", "rotate-secrets", "backup"):
        arguments = [str(tmp_path / "another"), "--no-passphrase"] if name == "backup" else []
        result = command(name, *arguments, DATA_DIR=str(folder), **secrets)
        assert result.exit_code == 1
        told = " ".join(result.output.split())
        assert "Run the same restore again to finish it." in told, told
    assert command(*asked, DATA_DIR=str(folder)).exit_code == 0
    assert not (folder / "restore.tmp").exists()
    assert not unfinished.mark_in(folder).exists()
    assert usernames(load(data_dir=folder, secrets_are_made=False)) == ["ada", "bob"]


SECRETS = ("ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "PEPPER")


def test_the_app_does_not_start_on_an_unfinished_restore(ctx: Context, runtime: Runtime) -> None:
    unfinished.mark_in(ctx.settings.data_dir).touch()

    async def start() -> None:
        async with background.running(runtime):
            pass

    with pytest.raises(BadSettings, match="under way or was interrupted"):
        asyncio.run(start())


def test_a_restore_that_is_refused_leaves_no_mark(
    on_site: Command, ctx: Context, file: Path
) -> None:
    with ctx.reading() as db:
        assert db.get(Person, "nobody") is None
        with pytest.raises(RuntimeError), unfinished.marked(ctx.settings.data_dir):
            raise RuntimeError
    assert unfinished.problems(ctx.settings.data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_does_leaves_every_file_to_the_apps_user(
    restore: Command, command: Command, ctx: Context, encrypted: Path, tmp_path: Path
) -> None:
    folder, words, user = tmp_path / "theirs", tmp_path / "words", 65534
    words.write_text(PASSPHRASE)
    folder.mkdir(mode=0o700)
    os.chown(folder, user, user)
    with_words = ["--passphrase-file", str(words)]
    here = {"DATA_DIR": str(folder)}
    assert restore(str(encrypted), "--yes", *with_words, **here).exit_code == 0
    assert command("delete-user", "bob", "--yes", **here).exit_code == 0
    assert command("backup", str(tmp_path / "b"), *with_words, **here).exit_code == 0
    owners = {each.name: each.stat().st_uid for each in folder.iterdir()}
    assert {"anonmsg.db", "secrets.env", "secrets.lock", "erasures.log", "erasures.lock"} <= set(
        owners
    )
    assert set(owners.values()) == {user}, owners


def test_secrets_that_cannot_be_read_get_a_sentence(
    restore: Command, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "secrets.env").write_bytes(b"PEPPER=\xff")
    result = restore(str(file), "--yes", DATA_DIR=str(folder))
    assert result.exit_code == 1
    assert "The secrets or .env aren't valid UTF-8." in result.output


def test_what_could_not_be_swapped_can_be_used_again(
    restore: Command, ctx: Context, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_stage: object, _at: object) -> str:
        raise InUse

    monkeypatch.setattr(StagedSqlite, "take_over", fail)
    assert restore(str(file), "--yes").exit_code == 1
    assert unfinished.problems(ctx.settings.data_dir) == []
    assert usernames(ctx.settings) == ["ada", "bob"]

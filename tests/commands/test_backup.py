"""`backup`: one file, of one moment, complete or not there, and readable by its owner alone."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonmsg.config import Settings
from anonmsg.config.version import VERSION
from anonmsg.database.engine import Database
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import peppers
from bench import inboxes
from tests import factories
from tests.backups import PASSPHRASE, content
from tests.commands.conftest import Command

TEXT = "an unmistakable sentence, left by nobody"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "anonmsg.backup"


@pytest.fixture
def words(tmp_path: Path) -> str:
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    return str(tmp_path / "passphrase")


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of 256 kB, or of as many as the test asks for."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={getattr(request, 'param', 256)}k"
    mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_encrypted_backup_shows_nothing(
    on_site: Command, ctx: Context, file: Path, words: str
) -> None:
    factories.messages(ctx, factories.person(ctx, "ada"), TEXT)
    result = on_site("backup", str(file), "--passphrase-file", words)
    assert result.exit_code == 0, result.output
    assert "1 account and 1 message, as of 20" in result.output
    assert "It's encrypted, and holds the secrets too." in result.output
    assert file.stat().st_mode & 0o777 == 0o600
    found = file.read_bytes()
    pepper = ctx.settings.pepper.get_secret_value()
    for planted in (TEXT, "ada@example.com", "SQLite format", pepper, "PEPPER", PASSPHRASE):
        assert planted.encode() not in found
    assert sorted(zipfile.ZipFile(file).namelist()) == [
        "database.sqlite.age",
        "key.age",
        "manifest.json.age",
        "secrets.env.age",
    ]


def test_without_a_passphrase_the_secrets_are_left_out(
    on_site: Command, ctx: Context, file: Path
) -> None:
    factories.messages(ctx, factories.person(ctx, "ada"), TEXT)
    result = on_site("backup", str(file), "--no-passphrase")
    assert result.exit_code == 0
    assert "The secrets are NOT in it, and without the PEPPER no password works." in result.output
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as opened:
        assert sorted(opened.namelist()) == ["database.sqlite", "manifest.json"]
        manifest = json.loads(opened.read("manifest.json"))
    assert manifest["anonmsg"] == VERSION
    assert manifest["counts"] == {"people": 1, "messages": 1}
    for secret in (ctx.settings.pepper, ctx.settings.access_token_secret):
        assert secret.get_secret_value().encode() not in file.read_bytes()


def test_it_is_one_moments_state_while_people_write(
    on_site: Command, ctx: Context, runtime: Runtime, file: Path, tmp_path: Path
) -> None:
    ada = factories.person(ctx, "ada")
    is_over = threading.Event()

    def write() -> None:
        with runtime.context() as own:
            while not is_over.is_set():
                factories.messages(own, ada, "left", "right")

    writers = [threading.Thread(target=write) for _ in range(2)]
    for each in writers:
        each.start()
    try:
        result = on_site("backup", str(file), "--no-passphrase")
    finally:
        is_over.set()
        for each in writers:
            each.join()
    assert result.exit_code == 0
    with zipfile.ZipFile(file) as opened:
        counts = json.loads(opened.read("manifest.json"))["counts"]
        opened.extract("database.sqlite", tmp_path)
    db = sqlite3.connect(tmp_path / "database.sqlite")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    copy = tmp_path / "copy"
    copy.mkdir(0o700)
    (tmp_path / "database.sqlite").rename(copy / "anonmsg.db")
    shutil.copy(ctx.settings.data_dir / "secrets.env", copy)
    texts = Counter(inboxes.texts(copy))
    assert texts["left"] == texts["right"]
    assert counts["messages"] == texts["left"] + texts["right"]


def test_what_was_deleted_is_not_in_it(on_site: Command, ctx: Context, file: Path) -> None:
    ada = factories.person(ctx, "ada")
    factories.messages(ctx, ada, TEXT)
    assert on_site("delete-user", "ada", "--yes").exit_code == 0
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    assert TEXT.encode() not in file.read_bytes()
    assert b"ada@example.com" not in file.read_bytes()


def test_a_file_that_is_there_is_not_replaced_unless_told(
    on_site: Command, ctx: Context, file: Path
) -> None:
    file.write_text("precious")
    result = on_site("backup", str(file), "--no-passphrase")
    assert (result.exit_code, file.read_text()) == (1, "precious")
    assert f"{file} is there already. Choose another name, or add --replace." in result.output
    assert on_site("backup", str(file), "--no-passphrase", "--replace").exit_code == 0
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_half_file(
    on_site: Command, ctx: Context, small_disk: Path, words: str
) -> None:
    ada = factories.person(ctx, "ada")
    factories.messages(ctx, ada, *["a text that takes some room " * 30] * 400)
    before = content(ctx.settings.data_dir)
    for protection in (["--no-passphrase"], ["--passphrase-file", words]):
        result = on_site("backup", str(small_disk / "a.backup"), *protection)
        assert result.exit_code == 1
        assert "The backup can't be made: There's no room left on the disk." in result.output
        assert [*small_disk.iterdir()] == []
    assert content(ctx.settings.data_dir) == before


# There's room for one database and its log, and not for two.
@pytest.mark.parametrize("small_disk", [384], indirect=True)
def test_a_full_disk_under_the_data_leaves_no_copy(
    command: Command, ctx: Context, runtime: Runtime, small_disk: Path, file: Path
) -> None:
    peppers.check(ctx)
    factories.person(ctx, "ada")
    runtime.database.close()
    for each in ctx.settings.data_dir.iterdir():
        (small_disk / each.name).write_bytes(each.read_bytes())
    result = command("backup", str(file), "--no-passphrase", DATA_DIR=str(small_disk))
    assert result.exit_code == 1
    assert "The backup can't be made: database or disk is full." in result.output
    assert not file.exists()
    assert not (small_disk / "backup.tmp").exists()


def test_what_a_killed_backup_left_goes_with_the_next(
    on_site: Command, ctx: Context, file: Path
) -> None:
    left = ctx.settings.data_dir / "backup.tmp"
    left.mkdir()
    (left / "copy").write_text("of a killed backup")
    file.with_name("anonmsg.backup.part").write_text("half")
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    assert not left.exists()
    assert not file.with_name("anonmsg.backup.part").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("too short\ntoo short\n", "needs at least 12 characters"),
        (f"{PASSPHRASE}\nanother\n{PASSPHRASE}\nmistyped\n", "The two passphrases differ."),
        (f"{PASSPHRASE}\n", "No passphrase was given."),
        ("", "No passphrase was given."),
    ],
)
def test_a_passphrase_is_asked_for_twice(
    on_site: Command, ctx: Context, file: Path, typed: str, told: str
) -> None:
    result = on_site("backup", str(file), typed=typed)
    assert result.exit_code == 1
    assert told in result.output
    assert PASSPHRASE not in result.output
    assert not file.exists()


def test_whoever_mistypes_once_is_asked_again(on_site: Command, ctx: Context, file: Path) -> None:
    typed = f"{PASSPHRASE}\nmistyped\n{PASSPHRASE}\n{PASSPHRASE}\n"
    assert on_site("backup", str(file), typed=typed).exit_code == 0
    assert zipfile.is_zipfile(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\n", "No passphrase was given."),
        (b"short\n", "needs at least 12 characters"),
        (b"\xff\xfe not UTF-8 at all\n", "The passphrase isn't valid UTF-8."),
        (b"x" * 2000, "at most 1024 characters"),
        (None, "can't be read: No such file or directory."),
    ],
)
def test_a_bad_passphrase_file_gets_a_sentence(
    on_site: Command, ctx: Context, file: Path, tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "words").write_bytes(content)
    result = on_site("backup", str(file), "--passphrase-file", str(tmp_path / "words"))
    assert result.exit_code == 1
    assert told in result.output
    assert not file.exists()


def test_a_folder_that_is_not_there_gets_a_sentence(
    on_site: Command, ctx: Context, tmp_path: Path
) -> None:
    result = on_site("backup", str(tmp_path / "nowhere" / "a"), "--no-passphrase")
    assert result.exit_code == 1
    assert "The backup can't be made: No such file or directory (" in result.output


def test_nothing_is_backed_up_with_another_pepper(
    on_site: Command, ctx: Context, file: Path
) -> None:
    factories.person(ctx, "ada")
    result = on_site("backup", str(file), "--no-passphrase", PEPPER="another pepper 0123456789 abc")
    assert result.exit_code == 1
    result = on_site(
        "backup", str(file), "--no-passphrase", PEPPER="another pepper 0123456789 abcdefgh"
    )
    assert result.exit_code == 1
    assert "PEPPER is not the one that the people in this database signed up with" in result.output
    assert not file.exists()


def test_tables_of_an_older_version_are_backed_up_too(
    command: Command, settings: Settings, file: Path
) -> None:
    from alembic import command as alembic  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    database = Database(settings.database)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "anonmsg/database/migrations"))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        alembic.upgrade(config, "0005")
        connection.commit()
    database.close()
    result = command("backup", str(file), "--no-passphrase", DATA_DIR=str(settings.data_dir))
    assert result.exit_code == 0, result.output
    assert json.loads(zipfile.ZipFile(file).read("manifest.json"))["revision"] == "0005"


def test_without_a_database_there_is_nothing_to_back_up(
    command: Command, settings: Settings, file: Path
) -> None:
    result = command("backup", str(file), "--no-passphrase", DATA_DIR=str(settings.data_dir))
    assert result.exit_code == 1
    assert "There's no database at sqlite:///" in result.output
    assert not (settings.data_dir / "anonmsg.db").exists()


def test_on_a_terminal_it_asks_without_showing_and_says_how_far_it_is(
    ctx: Context, file: Path
) -> None:
    peppers.check(ctx)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "anonmsg", "backup", str(file)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env=os.environ | {"DATA_DIR": str(ctx.settings.data_dir), "PYTHONPATH": str(ROOT)},
    )
    os.close(follower)
    shown = b""
    try:
        for prompt in (b"Passphrase for the backup: ", b"Repeat the passphrase: "):
            while not shown.endswith(prompt):
                shown += os.read(leader, 4096)
            os.write(leader, f"{PASSPHRASE}\n".encode())
        while True:
            try:
                shown += os.read(leader, 4096)
            except OSError:
                break
    finally:
        assert process.wait(60) == 0, shown
        os.close(leader)
    assert b"copying the database" in shown
    assert b"100 % of" in shown
    assert PASSPHRASE.encode() not in shown


def test_a_folder_is_no_file(on_site: Command, ctx: Context, tmp_path: Path) -> None:
    for options in ([], ["--replace"]):
        result = on_site("backup", str(tmp_path), "--no-passphrase", *options)
        assert result.exit_code == 1
        assert "is a folder. Name a file in it." in result.output


def test_a_passphrase_and_none_exclude_each_other(
    on_site: Command, ctx: Context, file: Path, words: str
) -> None:
    result = on_site("backup", str(file), "--no-passphrase", "--passphrase-file", words)
    assert result.exit_code == 1
    assert "Use either --passphrase-file or --no-passphrase." in result.output

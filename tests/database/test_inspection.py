"""Which schema version a database is at, checked without changing it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from anonmsg.database import inspection
from anonmsg.database.inspection import CannotOpen, State


def test_a_database_that_is_not_there_is_missing_and_not_made(tmp_path: Path) -> None:
    assert inspection.look(f"sqlite:///{tmp_path / 'data' / 'anonmsg.db'}") is State.MISSING
    assert list(tmp_path.iterdir()) == []


def test_a_migrated_database_is_current(migrated: Path) -> None:
    assert inspection.look(f"sqlite:///{migrated}") is State.CURRENT


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("DELETE FROM alembic_version", State.EMPTY),
        ("UPDATE alembic_version SET version_num = 'of tomorrow'", State.UNKNOWN),
    ],
)
def test_tables_of_another_time_are_told_apart(
    change: str, state: State, migrated: Path, tmp_path: Path
) -> None:
    file = shutil.copy(migrated, tmp_path / "anonmsg.db")
    with sqlite3.connect(file) as db:
        db.execute(change)
    db.close()
    assert inspection.look(f"sqlite:///{file}") is state


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "anonmsg.db").touch()
    assert inspection.look(f"sqlite:///{tmp_path / 'anonmsg.db'}") is State.EMPTY


def test_a_look_changes_nothing(migrated: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(migrated, tmp_path / "anonmsg.db"))
    before = file.read_bytes()
    inspection.look(f"sqlite:///{file}")
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["anonmsg.db"]


def test_a_file_that_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "anonmsg.db").write_text("a letter to an aunt " * 99)
    with pytest.raises(CannotOpen, match="not a database"):
        inspection.look(f"sqlite:///{tmp_path / 'anonmsg.db'}")


def test_a_folder_below_a_file_has_no_room(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CannotOpen, match="nothing can be written"):
        inspection.look(f"sqlite:///{tmp_path / 'taken' / 'anonmsg.db'}")


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "postgresql+psycopg://me:hunter2@127.0.0.1:port/x",
        "mysql://me:hunter2@localhost/x",
        "mongodb://me:hunter2@localhost/x",
        "postgresql+psycopg://me:hunter2@127.0.0.1:1/x",
    ],
)
def test_what_cannot_be_opened_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(CannotOpen) as refusal:
        inspection.look(address)
    assert "hunter2" not in str(refusal.value) + inspection.shown(address)
    assert refusal.value.__cause__ is None

"""The secrets that are generated on first start and kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anonmsg.config import SECRET_NAMES, load
from tests.races import processes_at_once


def secrets_in(folder: Path) -> dict[str, str]:
    lines = (folder / "secrets.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def secrets_of(folder: Path) -> tuple[str, ...]:
    found = load(data_dir=folder)
    return tuple(getattr(found, name.lower()).get_secret_value() for name in SECRET_NAMES)


def secrets_in_a_new_process(folder: str) -> tuple[str, ...]:
    for name in SECRET_NAMES:
        os.environ.pop(name, None)
    return secrets_of(Path(folder))


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRET_NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_secrets_are_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    first = secrets_of(tmp_path / "data")
    assert len(set(first)) == 3
    assert all(len(secret) == 64 for secret in first)
    assert secrets_of(tmp_path / "data") == first
    assert secrets_of(tmp_path / "other") != first


def test_the_secrets_are_for_the_owner_of_the_process_alone(tmp_path: Path) -> None:
    secrets_of(tmp_path / "data")
    assert (tmp_path / "data" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_secret_that_is_missing_from_the_file_is_made_and_the_others_stay(tmp_path: Path) -> None:
    before = dict(zip(SECRET_NAMES, secrets_of(tmp_path), strict=True))
    (tmp_path / "secrets.env").write_text(f"PEPPER={before['PEPPER']}\nACCESS_TOKEN_SECRET=\n")
    after = dict(zip(SECRET_NAMES, secrets_of(tmp_path), strict=True))
    assert after["PEPPER"] == before["PEPPER"]
    assert after["ACCESS_TOKEN_SECRET"] != before["ACCESS_TOKEN_SECRET"]
    assert secrets_in(tmp_path) == after


def test_a_secret_that_is_set_is_used_and_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEPPER", "set by hand 0123456789 abcdefghij")
    assert secrets_of(tmp_path)[2] == "set by hand 0123456789 abcdefghij"
    assert "set by hand" not in (tmp_path / "secrets.env").read_text()


def test_8_processes_that_start_at_once_have_the_same_secrets(tmp_path: Path) -> None:
    found = processes_at_once(8, secrets_in_a_new_process, str(tmp_path / "data"))
    assert len(set(found)) == 1
    assert dict(zip(SECRET_NAMES, found[0], strict=True)) == secrets_in(tmp_path / "data")
    assert (tmp_path / "data" / "secrets.env").stat().st_mode & 0o777 == 0o600

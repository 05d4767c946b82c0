"""The previous secrets after a rotation: which ones count, where they're kept, what's refused."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anonmsg.config import (
    OF_A_ROTATION,
    ROTATED_AT,
    ROTATED_NAMES,
    SECRET_NAMES,
    BadSettings,
    Settings,
    kept_secrets,
    load,
)

NOW = datetime(2026, 3, 4, 12, 30, 15, 250_000, tzinfo=UTC)
GOOD = {
    "access_token_secret": "first 0123456789 abcdefghijklmnop",
    "refresh_token_secret": "second 0123456789 abcdefghijklmnop",
    "pepper": "third 0123456789 abcdefghijklmnop",
}
BEFORE = {
    "previous_access_token_secret": "fourth 0123456789 abcdefghijklmnop",
    "previous_refresh_token_secret": "fifth 0123456789 abcdefghijklmnop",
}
AT = {"secrets_rotated_at": "2026-03-04T13:00:00+01:00"}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's settings and the checkout's `.env` out of these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def problems(**values: object) -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        load(**(GOOD | BEFORE | AT | values))
    assert "0123456789 abc" not in str(refusal.value)
    return refusal.value.problems


def rotate(folder: Path, at: datetime = NOW) -> None:
    kept_secrets.rotate(folder, ROTATED_NAMES, at=at, at_name=ROTATED_AT)


def lines_of(folder: Path) -> dict[str, str]:
    lines = (folder / "secrets.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("name", BEFORE)
def test_a_weak_secret_of_before_stops_the_start(name: str) -> None:
    upper = name.upper()
    assert problems(**{name: "short"}) == [f"{upper}: needs at least 32 characters"]
    assert problems(**{name: "x" * 64}) == [f"{upper}: is too easy to guess"]


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize("same", GOOD)
def test_a_secret_of_before_is_none_of_today(name: str, same: str) -> None:
    assert problems(**{name: GOOD[same]}) == [f"{name.upper()}: must differ from the other secrets"]


def test_the_two_of_before_differ() -> None:
    found = problems(previous_refresh_token_secret=BEFORE["previous_access_token_secret"])
    assert found == ["PREVIOUS_REFRESH_TOKEN_SECRET: must differ from the other secrets"]


@pytest.mark.parametrize("given", [*BEFORE, None])
def test_a_secret_of_before_needs_the_time_of_the_rotation(given: str | None) -> None:
    without = {name: None for name in BEFORE if given and name != given}
    assert problems(**without, secrets_rotated_at=None) == [
        "SECRETS_ROTATED_AT: must say when the previous secrets were replaced"
    ]


@pytest.mark.parametrize("at", ["yesterday", "2026-03-04T12:00:00", "2026-13-04T12:00:00Z", []])
def test_a_time_that_cannot_be_read_stops_the_start(at: object) -> None:
    assert problems(secrets_rotated_at=at) == [
        "SECRETS_ROTATED_AT: must be a time with a time zone, such as 2026-03-04T12:00:00+00:00"
    ]


def test_a_secret_of_before_and_its_time_are_read_and_not_shown() -> None:
    found = load(**GOOD, **BEFORE, **AT)
    assert found.secrets_rotated_at == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert "0123456789 abc" not in repr(found)
    alone = load(**GOOD, previous_access_token_secret=BEFORE["previous_access_token_secret"], **AT)
    assert alone.previous_refresh_token_secret is None


def test_without_a_rotation_there_are_no_previous_secrets() -> None:
    found = load()
    assert [getattr(found, name.lower()) for name in OF_A_ROTATION] == [None, None, None]


def test_the_file_keeps_what_the_secrets_were(tmp_path: Path) -> None:
    before = load(data_dir=tmp_path)
    rotate(tmp_path)
    after = load(data_dir=tmp_path)
    assert after.previous_access_token_secret == before.access_token_secret
    assert after.previous_refresh_token_secret == before.refresh_token_secret
    assert after.secrets_rotated_at == NOW
    assert after.pepper == before.pepper
    fresh = {after.access_token_secret, after.refresh_token_secret}
    assert len(fresh | {before.access_token_secret, before.refresh_token_secret}) == 4
    assert load(data_dir=tmp_path, secrets_are_made=False) == after


def test_only_the_last_rotation_is_kept(tmp_path: Path) -> None:
    load(data_dir=tmp_path)
    rotate(tmp_path)
    between = load(data_dir=tmp_path)
    rotate(tmp_path, NOW + timedelta(days=1))
    after = load(data_dir=tmp_path)
    assert after.previous_access_token_secret == between.access_token_secret
    assert after.secrets_rotated_at == NOW + timedelta(days=1)
    assert sorted(lines_of(tmp_path)) == sorted((*SECRET_NAMES, *OF_A_ROTATION))


def test_a_secret_that_is_made_later_leaves_the_rotation_alone(tmp_path: Path) -> None:
    load(data_dir=tmp_path)
    rotate(tmp_path)
    kept = lines_of(tmp_path)
    del kept["PEPPER"]
    (tmp_path / "secrets.env").write_text("".join(f"{k}={v}\n" for k, v in kept.items()))
    load(data_dir=tmp_path)
    found = lines_of(tmp_path)
    assert found.pop("PEPPER")
    assert found == kept


def test_a_secret_in_the_file_goes_on_letter_by_letter(tmp_path: Path) -> None:
    odd = "it's \\ odd # = 0123456789 abcdefghij"
    lines = [f"{name}={'x' * 19}{name}0123456789abcdef" for name in SECRET_NAMES[1:]]
    quoted = odd.replace("\\", "\\\\").replace("'", "\\'")
    (tmp_path / "secrets.env").write_text("\n".join([f"ACCESS_TOKEN_SECRET='{quoted}'", *lines]))
    assert load(data_dir=tmp_path).access_token_secret.get_secret_value() == odd
    rotate(tmp_path)
    found = load(data_dir=tmp_path).previous_access_token_secret
    assert found is not None
    assert found.get_secret_value() == odd


@pytest.mark.parametrize("name", ROTATED_NAMES)
def test_what_is_not_in_the_file_is_not_rotated(tmp_path: Path, name: str) -> None:
    load(data_dir=tmp_path)
    kept = {k: v for k, v in lines_of(tmp_path).items() if k != name}
    (tmp_path / "secrets.env").write_text("".join(f"{k}={v}\n" for k, v in kept.items()))
    with pytest.raises(kept_secrets.NothingKept):
        rotate(tmp_path)
    assert lines_of(tmp_path) == kept


@pytest.mark.parametrize("name", ROTATED_NAMES)
def test_secrets_that_are_set_by_hand_have_no_past_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    load(data_dir=tmp_path)
    rotate(tmp_path)
    # A secret kept in the file may be moved to the environment.
    monkeypatch.setenv(name, lines_of(tmp_path)[ROTATED_NAMES[name]])
    found = load(data_dir=tmp_path)
    assert [getattr(found, each.lower()) for each in OF_A_ROTATION] == [None, None, None]


def test_a_past_that_is_set_by_hand_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(data_dir=tmp_path)
    rotate(tmp_path)
    for name, value in (BEFORE | AT).items():
        monkeypatch.setenv(name.upper(), value)
    found = load(data_dir=tmp_path).previous_access_token_secret
    assert found is not None
    assert found.get_secret_value() == BEFORE["previous_access_token_secret"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_what_root_rotates_stays_readable_for_the_user_that_runs_the_app(tmp_path: Path) -> None:
    load(data_dir=tmp_path)
    os.chown(tmp_path / "secrets.env", 65534, 65534)
    rotate(tmp_path)
    found = (tmp_path / "secrets.env").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65534, 0o600)

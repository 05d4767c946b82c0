"""Previous peppers, as the settings read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonmsg.config import PEPPER, PREVIOUS_PEPPERS, BadSettings, Settings, kept_secrets, load

FIRST = "the first 0123456789 abcdefghijklmnop"
SECOND = "the second 0123456789 abcdefghijklmnop"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's settings and the checkout's `.env` out of these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def previous(settings: Settings) -> list[str]:
    return [each.get_secret_value() for each in settings.previous_peppers]


def problems() -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        load()
    assert "0123456789 abc" not in str(refusal.value)
    return refusal.value.problems


def test_there_are_none_at_first() -> None:
    assert load().previous_peppers == ()


def test_they_are_a_json_list_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREVIOUS_PEPPERS", f'["{SECOND}", "{FIRST}"]')
    settings = load()
    assert previous(settings) == [SECOND, FIRST]
    assert FIRST not in repr(settings)


@pytest.mark.parametrize("junk", ["", "[]"])
def test_nothing_is_none(monkeypatch: pytest.MonkeyPatch, junk: str) -> None:
    monkeypatch.setenv("PREVIOUS_PEPPERS", junk)
    assert load().previous_peppers == ()


@pytest.mark.parametrize("junk", [FIRST, f'"{FIRST}"', "[1]", "[null]", "{}", "[", "[[]]"])
def test_anything_but_a_list_of_texts_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, junk: str
) -> None:
    monkeypatch.setenv("PREVIOUS_PEPPERS", junk)
    assert problems() == [
        'PREVIOUS_PEPPERS: must be a JSON list of strings, such as ["the previous one"]'
    ]


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ('["short"]', "needs at least 32 characters"),
        (f'["{"a" * 40}"]', "is too easy to guess"),
        (f'["{FIRST}", "{FIRST}"]', "must differ from PEPPER and from each other"),
        (f'["{SECOND}"]', "must differ from PEPPER and from each other"),
    ],
)
def test_a_bad_one_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, listed: str, problem: str
) -> None:
    monkeypatch.setenv("PEPPER", SECOND)
    monkeypatch.setenv("PREVIOUS_PEPPERS", listed)
    assert problems() == [f"PREVIOUS_PEPPERS: {problem}"]


def test_one_that_was_written_by_hand_goes_on_letter_by_letter(tmp_path: Path) -> None:
    odd = r"""it's "my" own \ pepper, 0123456789 abc"""
    load(data_dir=tmp_path)
    file = tmp_path / "secrets.env"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("PEPPER")]
    escaped = odd.replace("\\", "\\\\").replace("'", "\\'")
    file.write_text("\n".join([*lines, f"PEPPER='{escaped}'"]) + "\n")
    assert load(data_dir=tmp_path).pepper.get_secret_value() == odd
    for _ in range(2):
        kept_secrets.replace_pepper(tmp_path, name=PEPPER, previous_name=PREVIOUS_PEPPERS)
    assert previous(load(data_dir=tmp_path))[-1] == odd


def test_a_pepper_that_is_set_by_hand_has_no_past_in_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load(data_dir=tmp_path)
    kept_secrets.replace_pepper(tmp_path, name=PEPPER, previous_name=PREVIOUS_PEPPERS)
    assert len(previous(load(data_dir=tmp_path))) == 1
    monkeypatch.setenv("PEPPER", FIRST)
    assert previous(load(data_dir=tmp_path)) == []

"""Secrets that come from files: which settings may, and what is said of a bad file."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonmsg.config import BadSettings, Settings, load
from anonmsg.config.secret_files import FROM_FILES, LONGEST
from tests.unit.test_config import GOOD, SMTP_URL

# What needs no file: nothing of it is a secret, or holds one.
HARMLESS = {
    *("data_dir", "public_url", "mail_transport", "mail_from", "resend_api_url"),
    *(
        "workers",
        "instances",
        "database_connections",
        "keep_messages_at_most_days",
        "drain_seconds",
        "log_format",
        "trusted_proxy_hops",
        "reflex_frontend_port",
        "secrets_rotated_at",
    ),
    *("limits", "limits_factor", "hide_registered_emails", "security_contact"),
}
VALUES = {
    "ACCESS_TOKEN_SECRET": "a file's first 0123456789 abcdefghi",
    "REFRESH_TOKEN_SECRET": "a file's second 0123456789 abcdefghi",
    "PEPPER": "a file's third 0123456789 abcdefghi",
    "PREVIOUS_ACCESS_TOKEN_SECRET": "a file's fourth 0123456789 abcdefghi",
    "PREVIOUS_REFRESH_TOKEN_SECRET": "a file's fifth 0123456789 abcdefghi",
    "PREVIOUS_PEPPERS": '["a file\'s sixth 0123456789 abcdefghi"]',
    "DATABASE_URL": "postgresql+psycopg://anonmsg:a-files-password@db.example/anonmsg",
    "REDIS_URL": "redis://:a-files-password@redis.example:6379/0",
    "SMTP_URL": SMTP_URL,
    "RESEND_API_KEY": "re_a_files_key",
    "METRICS_TOKEN": "a-files-token-0123456789-abcdefghi",
}
ROTATED = {"secrets_rotated_at": "2026-03-04T12:00:00+00:00"}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def problems(**values: object) -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        load(**values)
    return refusal.value.problems


def shown(value: object) -> str:
    """A setting's value as text, secrets included."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    return value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)


def test_every_setting_may_come_from_a_file_or_is_known_to_be_harmless() -> None:
    from_files = {name.lower() for name in FROM_FILES}
    assert from_files.isdisjoint(HARMLESS)
    assert from_files | HARMLESS == set(Settings.model_fields)
    secret = {
        name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
    }
    assert {"pepper", "metrics_token", "previous_peppers", "smtp_url"} <= secret <= from_files
    assert set(VALUES) == set(FROM_FILES)


@pytest.mark.parametrize("name", FROM_FILES)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_file_is_read(
    name: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes((VALUES[name] + ending).encode())
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    others = {key: value for key, value in GOOD.items() if key != name.lower()}
    found = load(**others, **ROTATED, mail_from="a@b.example", data_dir=tmp_path / "data")
    expected = VALUES[name].strip('[]"') if name == "PREVIOUS_PEPPERS" else VALUES[name]
    assert shown(getattr(found, name.lower())) == expected
    assert not (tmp_path / "data" / "secrets.env").exists()


def test_the_name_of_a_file_may_stand_in_env(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(VALUES["PEPPER"])
    (tmp_path / ".env").write_text(f"PEPPER_FILE={tmp_path / 'secret'}\n")
    found = load(data_dir=tmp_path / "data")
    assert found.pepper.get_secret_value() == VALUES["PEPPER"]
    # The other two are made and kept as ever.
    assert VALUES["PEPPER"] not in (tmp_path / "data" / "secrets.env").read_text()


@pytest.mark.parametrize("name", FROM_FILES)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "names can't be read (No such file or directory)"),
        (b"", "names is empty"),
        (b" \n\n", "names is empty"),
        (b"\xff\xfe", "names isn't text in UTF-8"),
        (b"x" * (LONGEST + 1), "names is too long for a setting"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_problem(
    name: str, content: bytes | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    # Nothing else is said of it: not that several workers need Redis, for example.
    others = {key: value for key, value in GOOD.items() if key != name.lower()}
    needs = {"REDIS_URL": {"workers": 4}, "SMTP_URL": {"mail_transport": "smtp"}}
    values = others | needs.get(name, {}) | {"mail_from": "a@b.example"}
    assert problems(**values) == [f"{name}: the file that {name}_FILE {says}"]


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEPPER_FILE", str(tmp_path))
    [problem] = problems(data_dir=tmp_path / "data")
    assert problem == "PEPPER: the file that PEPPER_FILE names can't be read (Is a directory)"


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_setting_has_one_source(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(VALUES[name])
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv(name, VALUES[name])
    others = {key: value for key, value in GOOD.items() if key != name.lower()}
    found = problems(**others, **ROTATED, mail_from="a@b.example")
    assert found == [f"{name}: is set twice, by {name} and by {name}_FILE; remove one of them"]


def test_a_weak_secret_in_a_file_is_refused_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("hunter2hunter2")
    monkeypatch.setenv("PEPPER_FILE", str(tmp_path / "secret"))
    assert problems(data_dir=tmp_path / "data") == ["PEPPER: needs at least 32 characters"]


@pytest.mark.parametrize(
    "token",
    [
        "short",
        "x" * 64,
        "a token with spaces 0123456789 abcdefghi",
        "ä-token-0123456789-abcdefghijk",
    ],
)
def test_a_token_for_the_metrics_is_strong_and_fits_into_a_header(token: str) -> None:
    [problem] = problems(**GOOD, metrics_token=token)
    assert problem.startswith("METRICS_TOKEN: ")
    assert token not in problem

"""`rotate-secrets` writes new secrets to the file; tokens signed before are still accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anonmsg.config import OF_A_ROTATION, ROTATED_NAMES, Settings, load
from anonmsg.runtime.context import Context
from anonmsg.security.keyring import Keyring
from anonmsg.security.tokens import BadToken, Tokens
from anonmsg.services.inbox import inbox_keys
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.commands.conftest import Command
from tests.factories import NETWORK, PASSWORD

BY_HAND = "set by hand 0123456789 abcdefghij"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def before(tmp_path: Path) -> Settings:
    """The settings the first start created."""
    return load(data_dir=tmp_path / ".data")


def tokens(settings: Settings) -> Tokens:
    return Keyring.of(settings, cost=4).tokens


def content(folder: Path) -> str:
    return (folder / ".data" / "secrets.env").read_text()


def issued(settings: Settings, at: datetime) -> tuple[str, str]:
    """Both tokens, as a server with these settings makes them."""
    by = tokens(settings)
    week = at + timedelta(days=7)
    return (
        by.issue_access(session_id="row", now=at),
        by.issue_refresh(session_id="row", generation=3, now=at, expires_at=week),
    )


def is_read(settings: Settings, pair: tuple[str, str], now: datetime) -> list[bool]:
    by = tokens(settings)
    found = []
    for read, token in zip((by.read_access, by.read_refresh), pair, strict=True):
        try:
            found.append(bool(read(token, now=now)))
        except BadToken:
            found.append(False)
    return found


def test_who_is_signed_in_stays_so(command: Command, before: Settings, tmp_path: Path) -> None:
    pair = issued(before, datetime.now(UTC) - MINUTE)
    result = command("rotate-secrets")
    assert result.exit_code == 0
    assert ".data/secrets.env has new secrets" in result.output
    assert "Restart anonmsg now" in result.output
    after = load()
    assert after.access_token_secret != before.access_token_secret
    assert after.refresh_token_secret != before.refresh_token_secret
    assert after.pepper == before.pepper
    at = after.secrets_rotated_at
    assert at is not None
    assert is_read(after, pair, at + MINUTE) == [True, True]
    new = issued(after, at + MINUTE)
    assert is_read(after, new, at + MINUTE) == [True, True]
    assert is_read(before, new, at + MINUTE) == [False, False]
    late = issued(before, at + MINUTE)
    assert is_read(after, late, at + MINUTE) == [False, False]


def test_a_browser_comes_back_after_a_rotation(on_site: Command, ctx: Context) -> None:
    factories.person(ctx, "ada")
    ctx.now = datetime.now(UTC) - MINUTE
    pair = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    assert on_site("rotate-secrets").exit_code == 0
    ctx.keyring = Keyring.of(load(data_dir=ctx.settings.data_dir), cost=4)
    ctx.now = datetime.now(UTC)
    session_id = token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")
    assert sessions.current(ctx, session_id=session_id).username == "ada"
    after = token_pairs.refresh(ctx, token=pair.refresh)
    assert ctx.keyring.tokens.read_access(after.access, now=ctx.now) == session_id
    assert token_pairs.refresh(ctx, token=after.refresh)


def test_no_secret_is_shown(command: Command, before: Settings, tmp_path: Path) -> None:
    result = command("rotate-secrets")
    for line in content(tmp_path).splitlines():
        assert line.partition("=")[2] not in result.output


def test_the_file_stays_its_owners_alone(
    command: Command, before: Settings, tmp_path: Path
) -> None:
    assert command("rotate-secrets").exit_code == 0
    assert (tmp_path / ".data" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in (tmp_path / ".data").iterdir()) == [
        "secrets.env",
        "secrets.lock",
    ]


def test_a_second_rotation_ends_what_the_first_still_let_in(
    command: Command, before: Settings
) -> None:
    pair = issued(before, datetime.now(UTC) - MINUTE)
    for _ in range(2):
        assert command("rotate-secrets").exit_code == 0
    after = load()
    assert after.secrets_rotated_at is not None
    assert is_read(after, pair, after.secrets_rotated_at) == [False, False]


@pytest.mark.parametrize("name", [*ROTATED_NAMES, *OF_A_ROTATION])
def test_what_is_set_by_hand_is_rotated_by_hand(
    command: Command, before: Settings, tmp_path: Path, name: str
) -> None:
    kept = content(tmp_path)
    env = {"SECRETS_ROTATED_AT": "2026-03-04T12:00:00Z"} if name in OF_A_ROTATION else {}
    env |= {} if name in env else {name: BY_HAND}
    result = command("rotate-secrets", **env)
    assert result.exit_code == 1
    assert f"{name} " in result.output
    assert "set in the environment or .env" in result.output
    assert "PREVIOUS_ACCESS_TOKEN_SECRET and PREVIOUS_REFRESH_TOKEN_SECRET" in result.output
    assert BY_HAND not in result.output
    assert content(tmp_path) == kept


def test_what_is_said_to_do_by_hand_does_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {name: f"the old {name.lower()} 0123456789" for name in ROTATED_NAMES}
    (tmp_path / ".env").write_text("".join(f"{name}='{old[name]}'\n" for name in old))
    before = load()
    result = command("rotate-secrets")
    assert result.exit_code == 1
    assert "ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET are set" in result.output
    [told] = [line for line in result.output.splitlines() if "SECRETS_ROTATED_AT=" in line]
    for name, previous in ROTATED_NAMES.items():
        monkeypatch.setenv(previous, old[name])
        monkeypatch.setenv(name, f"the new {name.lower()} 0123456789")
    monkeypatch.setenv("SECRETS_ROTATED_AT", told.partition("=")[2])
    after = load()
    assert after.secrets_rotated_at is not None
    pair = issued(before, after.secrets_rotated_at - MINUTE)
    assert is_read(after, pair, after.secrets_rotated_at + MINUTE) == [True, True]


def test_a_file_that_cannot_be_written_is_told(
    command: Command, before: Settings, tmp_path: Path
) -> None:
    (tmp_path / ".data" / "secrets.new").mkdir()
    kept = content(tmp_path)
    result = command("rotate-secrets")
    assert (result.exit_code, result.output) == (
        1,
        "Error: .data/secrets.env can't be written: Is a directory.\n",
    )
    assert content(tmp_path) == kept


def test_the_pepper_is_replaced_and_every_one_before_it_kept(
    command: Command, before: Settings, tmp_path: Path
) -> None:
    peppers = [before.pepper]
    for _ in range(2):
        result = command("rotate-secrets", "--pepper")
        assert result.exit_code == 0
        assert ".data/secrets.env has a new PEPPER" in result.output
        after = load()
        assert after.previous_peppers == tuple(peppers)
        assert after.pepper not in peppers
        assert after.access_token_secret == before.access_token_secret
        assert after.secrets_rotated_at is None
        peppers.insert(0, after.pepper)
        assert all(each.get_secret_value() not in result.output for each in peppers)
    assert (tmp_path / ".data" / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_whoever_has_a_password_signs_in_after_the_pepper_was_replaced(
    on_site: Command, ctx: Context
) -> None:
    factories.person(ctx, "ada")
    for people in (1, 0):
        assert on_site("rotate-secrets", "--pepper").exit_code == 0
        told = " ".join(on_site("check-config").output.split())
        assert "Pepper matches the accounts in the database" in told
        assert "sign in or change them: 1; people with older recovery codes: 0" in told
        assert "inboxes waiting for the next start: 1." in told
        ctx.keyring = Keyring.of(load(data_dir=ctx.settings.data_dir), cost=4)
        if people:
            assert sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
            # As the next start does.
            inbox_keys.reseal(ctx)
            told = " ".join(on_site("check-config").output.split())
            assert "No password, recovery code or inbox needs PREVIOUS_PEPPERS" in told
    assert sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)


@pytest.mark.parametrize("name", ["PEPPER", "PREVIOUS_PEPPERS"])
def test_a_pepper_that_is_set_by_hand_is_replaced_by_hand(
    command: Command, before: Settings, tmp_path: Path, name: str
) -> None:
    kept = content(tmp_path)
    value = BY_HAND if name == "PEPPER" else f'["{BY_HAND}"]'
    result = command("rotate-secrets", "--pepper", **{name: value})
    assert result.exit_code == 1
    assert f"{name} is set in the environment or .env" in result.output
    assert "PREVIOUS_PEPPERS='[" in result.output
    assert BY_HAND not in result.output
    assert content(tmp_path) == kept


def test_what_is_said_to_do_by_hand_keeps_the_pepper_before(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"PEPPER='{BY_HAND}'\n")
    stored = Keyring.of(load(), cost=4).passwords.hash(PASSWORD)
    assert command("rotate-secrets", "--pepper").exit_code == 1
    monkeypatch.setenv("PEPPER", f"another {BY_HAND}")
    monkeypatch.setenv("PREVIOUS_PEPPERS", f'["{BY_HAND}"]')
    assert Keyring.of(load(), cost=4).passwords.fits(PASSWORD, stored)


def test_without_a_pepper_in_the_file_nothing_is_replaced(
    command: Command, before: Settings, tmp_path: Path
) -> None:
    result = command("rotate-secrets", "--pepper", DATA_DIR="elsewhere")
    assert result.exit_code == 1
    assert "There are no secrets in elsewhere/secrets.env yet" in result.output

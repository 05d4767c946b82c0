"""Tokens after a rotation: older ones are accepted for a while, and nothing else is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from anonmsg.security.tokens import (
    ACCESS_LIVES,
    REFRESH_LIVES,
    BadToken,
    Previous,
    RefreshClaims,
    Tokens,
)

ROTATED = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BEFORE, AFTER = ROTATED - SECOND, ROTATED + SECOND
OLD_ACCESS = "old access secret of the tests, long enough"
OLD_REFRESH = "old refresh secret of the tests, long enough"
NEW_ACCESS = "new access secret of the tests, long enough"
NEW_REFRESH = "new refresh secret of the tests, long enough"

OLD = Tokens(access_secret=OLD_ACCESS, refresh_secret=OLD_REFRESH)


@pytest.fixture
def tokens() -> Tokens:
    previous = Previous(OLD_ACCESS, OLD_REFRESH, ROTATED)
    return Tokens(access_secret=NEW_ACCESS, refresh_secret=NEW_REFRESH, previous=previous)


def access(by: Tokens, at: datetime) -> str:
    return by.issue_access(session_id="row", now=at)


def refresh(by: Tokens, at: datetime) -> str:
    return by.issue_refresh(session_id="row", generation=3, now=at, expires_at=at + REFRESH_LIVES)


def signed(secret: str, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {
        "sub": "row",
        "gen": 3,
        "aud": "anonmsg:refresh",
        "iat": BEFORE,
        "exp": ROTATED + timedelta(days=6),
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret, algorithm=algorithm)


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_tokens_made_before_are_read(tokens: Tokens) -> None:
    assert tokens.read_access(access(OLD, BEFORE), now=AFTER) == "row"
    assert tokens.read_refresh(refresh(OLD, BEFORE), now=AFTER) == RefreshClaims("row", 3)
    assert tokens.read_refresh(signed(OLD_REFRESH), now=AFTER) == RefreshClaims("row", 3)


def test_tokens_made_since_are_signed_and_read_by_the_new_secrets(tokens: Tokens) -> None:
    assert tokens.read_access(access(tokens, AFTER), now=AFTER) == "row"
    assert tokens.read_refresh(refresh(tokens, AFTER), now=AFTER) == RefreshClaims("row", 3)
    with pytest.raises(BadToken):
        OLD.read_access(access(tokens, AFTER), now=AFTER)
    with pytest.raises(BadToken):
        OLD.read_refresh(refresh(tokens, AFTER), now=AFTER)


@pytest.mark.parametrize("at", [ROTATED, AFTER, ROTATED + timedelta(minutes=5)])
def test_an_old_secret_signs_nothing_any_more(tokens: Tokens, at: datetime) -> None:
    with pytest.raises(BadToken):
        tokens.read_access(access(OLD, at), now=at)
    with pytest.raises(BadToken):
        tokens.read_refresh(refresh(OLD, at), now=at)


def test_an_old_secret_ends_even_where_a_token_claims_to_live_on(tokens: Tokens) -> None:
    decade = ROTATED + timedelta(days=3650)
    forged = signed(OLD_ACCESS, aud="anonmsg:access", exp=decade)
    assert tokens.read_access(forged, now=ROTATED + ACCESS_LIVES - SECOND) == "row"
    with pytest.raises(BadToken):
        tokens.read_access(forged, now=ROTATED + ACCESS_LIVES)
    forged = signed(OLD_REFRESH, exp=decade)
    assert tokens.read_refresh(forged, now=ROTATED + REFRESH_LIVES - SECOND)
    with pytest.raises(BadToken):
        tokens.read_refresh(forged, now=ROTATED + REFRESH_LIVES)


def test_an_old_token_still_expires_in_its_own_time(tokens: Tokens) -> None:
    token = access(OLD, ROTATED - timedelta(minutes=10))
    assert tokens.read_access(token, now=ROTATED + timedelta(minutes=5) - SECOND) == "row"
    with pytest.raises(BadToken):
        tokens.read_access(token, now=ROTATED + timedelta(minutes=5))


def test_a_rotation_that_is_yet_to_come_lets_nobody_in(tokens: Tokens) -> None:
    with pytest.raises(BadToken):
        tokens.read_refresh(refresh(OLD, BEFORE - SECOND), now=BEFORE)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": OLD_ACCESS},
        {"secret": NEW_ACCESS},
        {"secret": "some other secret that is long enough"},
        {"algorithm": "HS384"},
        {"algorithm": "HS512"},
        {"aud": "anonmsg:access"},
        {"aud": ["somebody else"]},
        {"aud": None},
        {"sub": None},
        {"iat": None},
        {"iat": "1"},
        {"iat": 1.5},
        {"iat": [1]},
        {"iat": AFTER},
        {"exp": None},
        {"exp": BEFORE},
        {"exp": float("inf")},
        {"gen": None},
        {"gen": "3"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:The HMAC key is")
def test_what_an_old_secret_signed_is_looked_at_as_closely(
    tokens: Tokens, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadToken):
        tokens.read_refresh(signed(**{"secret": OLD_REFRESH} | changes), now=AFTER)


def test_purposes_cannot_be_swapped_by_an_old_secret(tokens: Tokens) -> None:
    with pytest.raises(BadToken):
        tokens.read_access(refresh(OLD, BEFORE), now=AFTER)
    with pytest.raises(BadToken):
        tokens.read_refresh(access(OLD, BEFORE), now=AFTER)
    for secret in (OLD_REFRESH, NEW_REFRESH):
        with pytest.raises(BadToken):
            tokens.read_access(signed(secret, aud="anonmsg:access"), now=AFTER)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused(tokens: Tokens, algorithm: str) -> None:
    claims = {"sub": "row", "gen": 3, "aud": "anonmsg:refresh", "iat": 1, "exp": 9_000_000_000}
    unsigned = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    empty_key = base64.urlsafe_b64encode(hmac.digest(b"", unsigned.encode(), hashlib.sha256))
    for signature in ("", "AAAA", empty_key.rstrip(b"=").decode()):
        with pytest.raises(BadToken):
            tokens.read_refresh(f"{unsigned}.{signature}", now=AFTER)


def test_a_secret_that_was_not_rotated_is_no_empty_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[object] = []
    decode = jwt.decode

    def noted(token: str, key: str, **more: object) -> object:
        keys.append(key)
        return decode(token, key, **more)

    # The library may refuse an empty key as well, or may not.
    monkeypatch.setattr(jwt, "decode", noted)
    previous = Previous(OLD_ACCESS, "", ROTATED)
    tokens = Tokens(access_secret=NEW_ACCESS, refresh_secret=NEW_REFRESH, previous=previous)
    assert tokens.read_access(access(OLD, BEFORE), now=AFTER) == "row"
    claims = {"sub": "row", "gen": 3, "aud": "anonmsg:refresh", "iat": 1, "exp": 9_000_000_000}
    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    signature = base64.urlsafe_b64encode(hmac.digest(b"", text.encode(), hashlib.sha256))
    with pytest.raises(BadToken):
        tokens.read_refresh(f"{text}.{signature.rstrip(b'=').decode()}", now=AFTER)
    assert keys
    assert "" not in keys


def test_the_secrets_before_are_not_shown() -> None:
    assert "secret of the tests" not in repr(Previous(OLD_ACCESS, OLD_REFRESH, ROTATED))

"""Sign-in tokens: valid only if ours, for their purpose, and in time."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from anonmsg.security.tokens import ACCESS_LIVES, BadToken, RefreshClaims, Tokens

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ACCESS = "access secret of the tests, long enough"
REFRESH = "refresh secret of the tests, long enough"
WEEK = NOW + timedelta(days=7)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(access_secret=ACCESS, refresh_secret=REFRESH)


def claims(**changes: Any) -> dict[str, Any]:
    all_of_them = {
        "sub": "row",
        "gen": 3,
        "aud": "anonmsg:refresh",
        "iat": NOW,
        "exp": WEEK,
    } | changes
    return {name: value for name, value in all_of_them.items() if value is not None}


def signed(secret: str = REFRESH, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)


def base64_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def part(content: dict[str, Any]) -> str:
    return base64_of(json.dumps(content).encode())


def test_our_own_forgery_helper_makes_good_tokens(tokens: Tokens) -> None:
    assert tokens.read_refresh(signed(), now=NOW) == RefreshClaims("row", 3)


def test_a_token_without_a_signature_is_refused(tokens: Tokens) -> None:
    body = part({"sub": "row", "gen": 3, "aud": "anonmsg:refresh", "iat": 1, "exp": 9e9})
    for algorithm in ("none", "None", "NONE", ""):
        for signature in ("", "AAAA"):
            with pytest.raises(BadToken):
                tokens.read_refresh(
                    f"{part({'alg': algorithm, 'typ': 'JWT'})}.{body}.{signature}", now=NOW
                )


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": ACCESS},
        {"secret": "some other secret that is long enough"},
        {"algorithm": "HS384", "secret": REFRESH + REFRESH},
        {"aud": "anonmsg:access"},
        {"aud": "somebody else"},
        {"aud": None},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW - timedelta(days=400)},
        {"gen": None},
        {"gen": "3"},
        {"gen": 3.0},
        {"gen": [3]},
        {"gen": {}},
    ],
    ids=str,
)
def test_a_refresh_token_that_is_not_quite_ours_is_refused(
    tokens: Tokens, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadToken):
        tokens.read_refresh(signed(**changes), now=NOW)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        # A public key isn't one of our secrets, and a header can't bring its own key.
        ({"alg": "RS256"}, REFRESH),
        ({"alg": "ES256"}, REFRESH),
        ({"alg": "HS384"}, REFRESH),
        ({"alg": "HS256", "kid": "access"}, ACCESS),
        ({"alg": "HS256", "kid": "/dev/null"}, ""),
        ({"alg": "HS256", "jwk": {"kty": "oct", "k": "bWluZQ"}}, "mine"),
        ({"alg": "HS256", "jku": "https://attacker.example/keys"}, "mine"),
        ({"alg": "HS256", "x5u": "https://attacker.example/keys"}, "mine"),
        ({"alg": ["HS256"]}, REFRESH),
        ({"alg": "HS256", "crit": ["b64"], "b64": False}, REFRESH),
        ({}, REFRESH),
    ],
    ids=str,
)
def test_a_header_chooses_neither_the_algorithm_nor_the_key(
    tokens: Tokens, header: dict[str, Any], key: str
) -> None:
    body = {"sub": "row", "gen": 3, "aud": "anonmsg:refresh", "iat": 1, "exp": 9_000_000_000}
    signed_part = f"{part(header)}.{part(body)}"
    mac = hmac.digest(key.encode(), signed_part.encode(), "sha256")
    with pytest.raises(BadToken):
        tokens.read_refresh(f"{signed_part}.{base64_of(mac)}", now=NOW)


def test_a_header_with_only_the_algorithm_is_accepted(tokens: Tokens) -> None:
    body = {"sub": "row", "gen": 3, "aud": "anonmsg:refresh", "iat": 1, "exp": 9_000_000_000}
    signed_part = f"{part({'alg': 'HS256'})}.{part(body)}"
    mac = hmac.digest(REFRESH.encode(), signed_part.encode(), "sha256")
    assert tokens.read_refresh(f"{signed_part}.{base64_of(mac)}", now=NOW).generation == 3


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_token_of_a_clock_five_minutes_off_is_read(tokens: Tokens, minutes: int) -> None:
    there = NOW + timedelta(minutes=minutes)
    access = tokens.issue_access(session_id="row", now=there)
    refresh = tokens.issue_refresh(session_id="row", generation=3, now=there, expires_at=WEEK)
    assert tokens.read_access(access, now=NOW) == "row"
    assert tokens.read_refresh(refresh, now=NOW).generation == 3


def test_one_kind_of_token_is_never_the_other(tokens: Tokens) -> None:
    access = tokens.issue_access(session_id="row", now=NOW)
    refresh = tokens.issue_refresh(session_id="row", generation=3, now=NOW, expires_at=WEEK)
    with pytest.raises(BadToken):
        tokens.read_refresh(access, now=NOW)
    with pytest.raises(BadToken):
        tokens.read_access(refresh, now=NOW)
    with pytest.raises(BadToken):
        tokens.read_access(signed(secret=REFRESH, aud="anonmsg:access"), now=NOW)
    with pytest.raises(BadToken):
        tokens.read_refresh(signed(secret=ACCESS, gen=3), now=NOW)


def test_the_same_secret_for_both_would_not_confuse_them() -> None:
    tokens = Tokens(access_secret=ACCESS, refresh_secret=ACCESS)
    refresh = tokens.issue_refresh(session_id="row", generation=3, now=NOW, expires_at=WEEK)
    with pytest.raises(BadToken):
        tokens.read_access(refresh, now=NOW)


def test_a_token_with_anything_changed_is_refused(tokens: Tokens) -> None:
    good = tokens.issue_refresh(session_id="row", generation=3, now=NOW, expires_at=WEEK)
    head, body, signature = good.split(".")
    other = tokens.issue_refresh(session_id="row", generation=4, now=NOW, expires_at=WEEK)
    forged = [good[:length] for length in range(0, len(good), 7)]
    forged += [f"{head}.{other.split('.')[1]}.{signature}", f"{body}.{head}.{signature}"]
    forged += [f"{head}.{body}", f"{head}.{body}.", f".{body}.{signature}", good + "A", "." * 9]
    forged += ["é.é.é", "\ud800", "null", "a" * 9000, f"{good}.{good}", " "]
    for token in forged:
        with pytest.raises(BadToken):
            tokens.read_refresh(token, now=NOW)


def test_an_access_token_dies_after_15_minutes(tokens: Tokens) -> None:
    token = tokens.issue_access(session_id="row", now=NOW)
    assert timedelta(minutes=15) == ACCESS_LIVES
    with pytest.raises(BadToken):
        tokens.read_access(token, now=NOW + ACCESS_LIVES)
    assert tokens.read_access(token, now=NOW + ACCESS_LIVES - timedelta(seconds=1)) == "row"


def test_a_refresh_token_dies_when_it_was_said_to(tokens: Tokens) -> None:
    token = tokens.issue_refresh(session_id="row", generation=0, now=NOW, expires_at=WEEK)
    with pytest.raises(BadToken):
        tokens.read_refresh(token, now=WEEK)
    found = tokens.read_refresh(token, now=WEEK - timedelta(seconds=1))
    assert found == RefreshClaims("row", 0)


def test_a_token_holds_ids_and_times_alone(tokens: Tokens) -> None:
    token = tokens.issue_refresh(session_id="row", generation=3, now=NOW, expires_at=WEEK)
    found = jwt.decode(token, options={"verify_signature": False})
    assert set(found) == {"sub", "gen", "aud", "iat", "exp"}
    access = tokens.issue_access(session_id="row", now=NOW)
    assert set(jwt.decode(access, options={"verify_signature": False})) == set(found) - {"gen"}

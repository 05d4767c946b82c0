"""Which secrets an installation has after a restore: never fewer peppers than it needs."""

from __future__ import annotations

import json

import pytest

from anonmsg.services.backups.chosen_secrets import Chosen, Present, SecretsDiffer, choose

TOKENS = {"ACCESS_TOKEN_SECRET": "access", "REFRESH_TOKEN_SECRET": "refresh"}
A, B = TOKENS | {"PEPPER": "A"}, TOKENS | {"PEPPER": "B"}
ROTATION = {
    "PREVIOUS_ACCESS_TOKEN_SECRET": "old",
    "PREVIOUS_REFRESH_TOKEN_SECRET": "older",
    "SECRETS_ROTATED_AT": "2026-03-04T12:00:00+00:00",
}


def previous(*peppers: str) -> dict[str, str]:
    return {"PREVIOUS_PEPPERS": json.dumps(peppers)}


def chosen(
    present: dict[str, str], archived: dict[str, str] | None, *by_hand: str, replace: bool = False
) -> Chosen:
    here = Present(present, frozenset(by_hand), "secrets.env")
    return choose(here, archived, replace=replace)


def test_where_there_are_none_the_backups_are_taken() -> None:
    archived = A | previous("0") | ROTATION
    found = chosen({}, archived)
    assert found.written == found.values == archived
    assert found.peppers == ("A", "0")
    assert not found.is_instead


def test_those_that_are_the_same_stay() -> None:
    assert chosen(A, A).written == {}
    assert chosen(A, None).values == A


def test_token_secrets_that_were_replaced_since_stay() -> None:
    present = A | {"ACCESS_TOKEN_SECRET": "newer"}
    assert chosen(present, A | ROTATION) == Chosen(present, peppers=("A",))


def test_a_pepper_that_was_replaced_since_stays() -> None:
    present = B | previous("A")
    assert chosen(present, A) == Chosen(present, peppers=("B", "A"))


def test_only_what_is_missing_is_taken() -> None:
    present = {"PEPPER": "A"}
    assert chosen(present, A | previous("0"), replace=True).written == A | previous("0")
    assert chosen(A | previous("0"), A).written == {}
    assert chosen(present, A | ROTATION).written == TOKENS | ROTATION
    without_one = {"PEPPER": "A", "REFRESH_TOKEN_SECRET": "mine"}
    assert chosen(without_one, A | ROTATION).written == {"ACCESS_TOKEN_SECRET": "access"}
    assert chosen(TOKENS, A | previous("0")).written == {"PEPPER": "A"} | previous("0")


@pytest.mark.parametrize(
    ("present", "archived"), [(B, A), (A, B | previous("A")), (A, A | previous("0"))]
)
def test_a_pepper_that_is_not_known_here_is_refused_unless_told(
    present: dict[str, str], archived: dict[str, str]
) -> None:
    with pytest.raises(SecretsDiffer, match="--replace-secrets"):
        chosen(present, archived)
    found = chosen(present | ROTATION, archived, replace=True)
    assert found.values == found.written == archived
    assert found.is_instead
    # An erasure may be recorded under any of them.
    assert set(found.peppers) >= {"A"} | {present["PEPPER"]}


@pytest.mark.parametrize("name", ["PEPPER", "PREVIOUS_PEPPERS"])
def test_a_pepper_that_is_set_by_hand_is_not_replaced(name: str) -> None:
    with pytest.raises(SecretsDiffer, match=f"{name} is set in the environment or .env"):
        chosen(B | previous("C"), A, name, replace=True)


def test_token_secrets_that_are_set_by_hand_stay() -> None:
    present = B | {"ACCESS_TOKEN_SECRET": "by hand"}
    found = chosen(present, A, "ACCESS_TOKEN_SECRET", replace=True)
    assert found.written == {"REFRESH_TOKEN_SECRET": "refresh", "PEPPER": "A"}
    assert found.values == A | {"ACCESS_TOKEN_SECRET": "by hand"}


def test_without_any_there_is_no_restore() -> None:
    with pytest.raises(SecretsDiffer, match="PEPPER can't be found here either"):
        chosen(TOKENS, None)

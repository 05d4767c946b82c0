"""Password hashes: complete, peppered, and no help to someone guessing usernames."""

from __future__ import annotations

import bcrypt
import pytest

from anonmsg.security.passwords import Passwords


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords("pepper", cost=4)


def test_another_password_does_not_fit(passwords: Passwords) -> None:
    stored = passwords.hash("zebra violin kettle")
    for typed in ("", "zebra violin kettl", "Zebra violin kettle", "zebra violin kettle "):
        assert not passwords.fits(typed, stored)


def test_no_stored_hash_fits_nothing_not_even_its_own_stand_in(passwords: Passwords) -> None:
    for typed in ("", "nobody has this password"):
        assert not passwords.fits(typed, None)
        assert not passwords.fits(typed, "")


@pytest.mark.parametrize("length", [71, 72, 73, 200, 256])
@pytest.mark.parametrize("character", ["a", "پ", "😀"])
def test_the_last_character_counts_whatever_the_length(
    passwords: Passwords, length: int, character: str
) -> None:
    typed = character * (length - 1)
    stored = passwords.hash(typed + "x")
    assert passwords.fits(typed + "x", stored)
    assert not passwords.fits(typed + "y", stored)
    assert not passwords.fits(typed, stored)


def test_what_follows_a_nul_counts(passwords: Passwords) -> None:
    assert not passwords.fits("a\x00b", passwords.hash("a\x00c"))
    assert passwords.fits("a\x00c", passwords.hash("a\x00c"))


def test_a_lone_surrogate_is_a_character_like_any_other(passwords: Passwords) -> None:
    assert passwords.fits("zebra\ud800", passwords.hash("zebra\ud800"))
    assert not passwords.fits("zebra?", passwords.hash("zebra\ud800"))


def test_another_pepper_fits_nothing(passwords: Passwords) -> None:
    stored = passwords.hash("zebra violin kettle")
    other = Passwords("another pepper", cost=4)
    assert not other.fits("zebra violin kettle", stored)
    renamed = f"{other.pepper_id}:{stored.partition(':')[2]}"
    assert not other.fits("zebra violin kettle", renamed)
    assert not passwords.fits("zebra violin kettle", renamed)


def test_a_hash_tells_its_pepper_its_cost_and_no_more(passwords: Passwords) -> None:
    stored = passwords.hash("zebra violin kettle")
    assert stored.startswith(f"{passwords.pepper_id}:$2b$04$")
    assert len(stored) <= 80
    assert stored != passwords.hash("zebra violin kettle")
    assert passwords.pepper_id == Passwords("pepper", cost=4).pepper_id != "pepper"


def test_the_hash_is_not_of_the_bare_password(passwords: Passwords) -> None:
    hashed = passwords.hash("zebra violin kettle").partition(":")[2]
    assert not bcrypt.checkpw(b"zebra violin kettle", hashed.encode())


def test_nobody_costs_as_much_as_somebody() -> None:
    assert Passwords("pepper", cost=5)._nobody.partition(":")[2].startswith("$2b$05$")

"""Seals: what waits in the outbox is unreadable without the PEPPER."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg.security.seals import BrokenSeal, Seal

SECRET = "0123456789abcdef" * 4


@given(plain=st.binary(max_size=2000), owner=st.text(max_size=40))
def test_what_is_sealed_opens_again(plain: bytes, owner: str) -> None:
    assert Seal(SECRET).open(Seal(SECRET).close(plain, bound_to=owner), bound_to=owner) == plain


def test_what_an_earlier_release_sealed_still_opens() -> None:
    sealed = bytes.fromhex(
        "012249c7f6f0d5dba39fcdd56024eed260c7987f4b5df998bc607ab1ed785f37b0a68f0968b99da40b489ebb18b092"
    )
    assert Seal(SECRET).open(sealed, bound_to="mail-1") == b"your code is 123456"


def test_a_seal_hides_what_is_in_it() -> None:
    sealed = Seal(SECRET).close(b"your code is 123456", bound_to="mail-1")
    assert b"123456" not in sealed
    assert b"code" not in sealed


def test_the_same_words_never_look_the_same_sealed() -> None:
    seal = Seal(SECRET)
    sealed = {seal.close(b"the same words", bound_to="mail-1") for _ in range(100)}
    assert len(sealed) == 100
    assert len({each[:12] for each in sealed}) == 100


def test_another_secret_does_not_open_a_seal() -> None:
    sealed = Seal(SECRET).close(b"words", bound_to="mail-1")
    with pytest.raises(BrokenSeal):
        Seal(SECRET + "!").open(sealed, bound_to="mail-1")


def test_a_seal_that_was_moved_to_another_row_does_not_open() -> None:
    sealed = Seal(SECRET).close(b"words", bound_to="mail-1")
    with pytest.raises(BrokenSeal):
        Seal(SECRET).open(sealed, bound_to="mail-2")


def test_no_byte_of_a_seal_can_be_changed() -> None:
    seal = Seal(SECRET)
    sealed = seal.close(b"words", bound_to="mail-1")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(BrokenSeal):
            seal.open(bytes(changed), bound_to="mail-1")


def test_a_seal_that_was_cut_does_not_open() -> None:
    seal = Seal(SECRET)
    sealed = seal.close(b"words", bound_to="mail-1")
    for length in range(len(sealed)):
        with pytest.raises(BrokenSeal):
            seal.open(sealed[:length], bound_to="mail-1")


def test_a_broken_seal_says_nothing_of_what_was_in_it() -> None:
    with pytest.raises(BrokenSeal) as broken:
        Seal(SECRET).open(b"secret words", bound_to="mail-1")
    assert "secret" not in str(broken.value)

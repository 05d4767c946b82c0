"""Texts under a passphrase: age's own library opens ours, and we open its."""

from __future__ import annotations

import pytest
from pyrage import passphrase as pyrage

from anonmsg.security import age_passphrases
from anonmsg.security.age_passphrases import NotOpened

WORDS = "five random words of mine"
TEXT = b"AGE-SECRET-KEY-1 or whatever else\n"
# Made by pyrage 1.4.0 with these words and this text.
OF_PYRAGE = bytes.fromhex(
    "6167652d656e6372797074696f6e2e6f72672f76310a2d3e207363727970742073426170473164384b504872"
    "412b484c364a53466e672031360a47314a466259672f5a726b767a7a732f5469703450774134437330596c4f"
    "4130574e506d4d4a66707073590a2d2d2d20716a31703453546545556f7462597133682b582f674177693965"
    "627839556c65306332496b536d636579410ab6e98ac6c98dac9174855163abd98d1371c7a4f640765fbf2e44"
    "76071df736df3ae698000c71bcfa67cf01fa76200c3e5229ef43dc7ca5f6e0037716813dede2da42"
)


def test_what_is_closed_is_opened_by_its_passphrase_alone() -> None:
    sealed = age_passphrases.close(TEXT, WORDS)
    assert TEXT not in sealed
    assert age_passphrases.open_(sealed, WORDS) == TEXT
    assert age_passphrases.close(TEXT, WORDS) != sealed
    with pytest.raises(NotOpened):
        age_passphrases.open_(sealed, f"{WORDS}!")


def test_ages_own_library_opens_it() -> None:
    # So little work that a library that measures it never refuses.
    sealed = age_passphrases.close(TEXT, WORDS, log_n=4)
    assert pyrage.decrypt(sealed, WORDS) == TEXT


def test_what_ages_own_library_made_is_opened() -> None:
    assert age_passphrases.open_(OF_PYRAGE, WORDS) == TEXT


def test_how_hard_guessing_is_does_not_depend_on_the_moment() -> None:
    assert b" 17\n" in age_passphrases.close(TEXT, WORDS).partition(b"---")[0]


@pytest.mark.parametrize("place", range(0, 200, 7))
def test_a_change_anywhere_is_seen(place: int) -> None:
    sealed = bytearray(age_passphrases.close(TEXT, WORDS, log_n=4))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(NotOpened):
        age_passphrases.open_(bytes(sealed), WORDS)


@pytest.mark.parametrize("sealed", [b"", b"age-encryption.org/v1\n", TEXT])
def test_something_else_is_not_opened(sealed: bytes) -> None:
    with pytest.raises(NotOpened):
        age_passphrases.open_(sealed, WORDS)


def test_a_forged_file_costs_no_more_than_it_may() -> None:
    sealed = age_passphrases.close(TEXT, WORDS, log_n=4).replace(b" 4\n", b" 30\n", 1)
    with pytest.raises(NotOpened):
        age_passphrases.open_(sealed, WORDS)

"""How hard a password is to guess: judged in bounded time, and still rightly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.matching import L33T_TABLE, enumerate_l33t_subs, relevant_l33t_subtable

from anonmsg.security.guessing import MOST_WAYS_TO_READ, READS, is_easy, judged, ways_to_read

SIGNS = "".join(sorted({sign for signs in L33T_TABLE.values() for sign in signs}))
# What a search for the slowest came up with: half a second each, before.
CRAFTED = (
    "@{2(7<<3619a1o57+%2a<5({$<364!|1",
    "@t2({<<3619a1o57+%2a<5({$<364!|1",
    "@t8({[<361!|1o97+%%%$5$5+7+7%%$|",
)


def readings(read: str) -> int:
    """How often zxcvbn itself will read it."""
    return len(enumerate_l33t_subs(relevant_l33t_subtable(read, L33T_TABLE)))


@pytest.mark.parametrize("password", CRAFTED)
def test_what_was_crafted_to_be_slow_is_read_in_few_ways(password: str) -> None:
    assert readings(password) > 100
    assert readings(judged(password)) <= 4 * MOST_WAYS_TO_READ


@given(st.text(st.sampled_from(SIGNS + "aeios19xz"), max_size=300))
def test_nothing_is_read_in_more_than_a_few_ways(password: str) -> None:
    read = judged(password)
    assert len(read) == min(len(password), READS)
    assert ways_to_read(read) <= MOST_WAYS_TO_READ
    # A 1 may be an i or an l, and a 7 an l or a t, which zxcvbn tries too.
    assert readings(read) <= 4 * MOST_WAYS_TO_READ


@pytest.mark.parametrize(
    "password", ["P@ssw0rd1", "1234567890", "pa$$w0rd!", "p4ssw0rd@$5!1", "l3tm31n!"]
)
def test_what_people_really_choose_is_read_as_it_is(password: str) -> None:
    assert judged(password) == password
    assert is_easy(password)


def test_the_same_word_is_easy_in_many_signs() -> None:
    assert is_easy("p@ssw0rd" * 4)
    many = "p4$$w0rd@5!1|"
    assert ways_to_read(many) > MOST_WAYS_TO_READ
    assert is_easy(many)
    assert not is_easy("@{2(7<<3619a1o57+%2a<5({$<364!|1")

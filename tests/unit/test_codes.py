"""Codes and ids: random, in one format, never repeated."""

from __future__ import annotations

import re
from collections import Counter

from anonmsg.security.codes import new_code, new_id, new_token


def test_a_code_is_six_digits_whatever_number_it_is() -> None:
    codes = [new_code() for _ in range(5000)]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > 4900


def test_every_digit_is_as_likely_in_every_place() -> None:
    codes = [new_code() for _ in range(5000)]
    for place in range(6):
        counts = Counter(code[place] for code in codes)
        # We expect 500; ten standard deviations are about 212.
        assert len(counts) == 10
        assert all(280 < count < 720 for count in counts.values())


def test_ids_and_tokens_are_long_and_never_the_same() -> None:
    assert len({new_id() for _ in range(2000)}) == 2000
    assert len({new_token() for _ in range(2000)}) == 2000
    assert all(re.fullmatch(r"[\w-]{22}", new_id(), re.ASCII) for _ in range(200))
    assert all(re.fullmatch(r"[\w-]{43}", new_token(), re.ASCII) for _ in range(200))

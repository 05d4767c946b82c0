"""Input is bounded before it's normalised, whatever it consists of."""

from __future__ import annotations

import unicodedata

import pytest

from anonmsg import rules
from anonmsg.errors import (
    AppError,
    InvalidBio,
    InvalidDisplayName,
    InvalidEmail,
    InvalidMessage,
    InvalidPassword,
    InvalidPrompt,
)
from anonmsg.rules import input_bounds
from anonmsg.rules.input_bounds import LONGEST_RUN_OF_MARKS, TooManyMarks

MOST = LONGEST_RUN_OF_MARKS
TOO_MANY = "There are too many accents on one letter. Remove some."


@pytest.mark.parametrize("before", [0, 1, 2, 29, 30, 31, 61, 62, 63, 500])
@pytest.mark.parametrize("after", [0, 1, 30, 31])
@pytest.mark.parametrize("marks", ["\u0301", "\u0301\u0316", "\u0f73", "\uff9e"])
def test_a_run_is_refused_wherever_it_is(before: int, after: int, marks: str) -> None:
    def around(run: int) -> str:
        return "a" * before + (marks * run)[:run] + "b" * after

    input_bounds.refuse_long_runs(around(MOST))
    with pytest.raises(TooManyMarks):
        input_bounds.refuse_long_runs(around(MOST + 1))


def test_every_character_that_normalising_moves_is_a_mark() -> None:
    for place in map(chr, range(0x110000)):
        alone = unicodedata.normalize("NFKD", place)
        moves = all(unicodedata.combining(each) for each in alone)
        assert input_bounds._is_mark(place) == moves, hex(ord(place))


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (rules.message, InvalidMessage),
        (rules.display_name, InvalidDisplayName),
        (rules.prompt, InvalidPrompt),
        (rules.bio, InvalidBio),
        (rules.new_password, InvalidPassword),
    ],
)
def test_too_many_marks_are_refused_in_words(rule: object, refusal: type[AppError]) -> None:
    assert callable(rule)
    with pytest.raises(refusal) as raised:
        rule("a zebra, violin" + "\u0301" * (MOST + 1))
    assert raised.value.sentence == TOO_MANY


def test_an_address_and_a_typed_password_with_too_many_marks_match_nobody() -> None:
    with pytest.raises(InvalidEmail):
        rules.email("a" + "\u0301" * (MOST + 1) + "@example.com")
    assert rules.password("a" + "\u0301" * (MOST + 1)) == ""
    assert rules.password("a" * (rules.SLACK * rules.LONGEST_PASSWORD + 1)) == ""


@pytest.mark.parametrize(
    "words",
    [
        "Zażółć gęślą jaźń",
        "چراغ دریا کتاب پہاڑ ـــِِـــ",
        "สวัสดีชาวโลก",
        "བོད་ཡིག་",
        "क्षत्रिय नमस्ते",
        "e" + "\u0301" * MOST,
    ],
)
def test_every_language_is_written_as_before(words: str) -> None:
    assert rules.message(words) == unicodedata.normalize("NFC", words)


def test_controls_between_the_marks_hide_no_run() -> None:
    with pytest.raises(InvalidMessage):
        rules.message("a" + "\u0301\u202e\x07" * (MOST + 1))

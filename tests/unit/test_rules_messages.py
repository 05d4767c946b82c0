"""Messages: raw text in, clean text or a refusal out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonmsg import rules
from anonmsg.errors import AppError, InvalidMessage

TOO_LONG = "That's too long. Use at most 1,000 characters."
ANYTHING = st.one_of(
    st.text(alphabet=st.characters(), max_size=1200),
    st.text(alphabet="\u200b\u202e\ud800\r\n\t \x00\u0301a\ufb2c\u2029🩷", max_size=60),
    st.text(alphabet="\u0958a", min_size=480, max_size=1100),
    st.none(),
    st.integers(),
    st.binary(),
    st.dictionaries(st.text(), st.text()),
)


@pytest.mark.parametrize("typed", [None, 7, b"hello", ["hello"], {"message": "hello"}, True])
def test_what_is_no_text_is_no_message(typed: object) -> None:
    with pytest.raises(InvalidMessage):
        rules.message(typed)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\n\r\n\t", "\u200b\u200d\ufeff", "\u202e\u2066", "\x00\x1b", "\ud83d", "\u00a0"]  # noqa: RUF005
    + ["\u2800\u3164\u115f", "\u0301\u0301", "\ufe0f", "\u2028\u2029", "\u00ad", "\U000e0041"],
)
def test_a_message_with_nothing_to_see_is_empty(typed: str) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        rules.message(typed)
    assert refusal.value.by_field() == {"message": "Write a message first."}


@pytest.mark.parametrize("character", ["a", "😀", "پ", "\U0001f469"])
def test_1000_code_points_are_a_message_and_1001_are_too_many(character: str) -> None:
    assert rules.message(character * 1000) == character * 1000
    with pytest.raises(InvalidMessage) as refusal:
        rules.message(character * 1001)
    assert refusal.value.by_field() == {"message": TOO_LONG}


@pytest.mark.parametrize("typed", ["a" * 8001, "a" * 5_000_000, " " * 8001])
def test_a_huge_text_is_too_long(typed: str) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        rules.message(typed)
    assert refusal.value.sentence == TOO_LONG


def test_what_grows_over_1000_when_normalised_is_too_long() -> None:
    assert len(rules.message("\u0958" * 500)) == 1000
    with pytest.raises(InvalidMessage) as refusal:
        rules.message("\u0958" * 501)
    assert refusal.value.sentence == TOO_LONG


def test_what_is_cleaned_away_does_not_count() -> None:
    assert rules.message(" \r\n" + "a\x00\u202e" * 1000 + "\n ") == "a" * 1000
    assert rules.message("a\r\n" * 499 + "bc") == "a\n" * 499 + "bc"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("a\x00b\x1bc\x7fd\x85e", "abcde"),
        ("a\ud83d\ude00b", "ab"),
        ("\u202eevil\u202c", "evil"),
        ("\u2066a\u2067b\u2068c\u2069d\u202ae\u202bf\u202d", "abcdef"),
        ("e\u0301", "é"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("  a  b  ", "a  b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\u200fשלום", "\u200fשלום"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_a_message_is_cleaned_up_and_keeps_what_languages_need(typed: str, clean: str) -> None:
    assert rules.message(typed) == clean


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "&lt;b&gt;", "[x](javascript:1)", "{{7*7}}", "' OR 1=1 --"],
)
def test_markup_stays_the_text_it_is(typed: str) -> None:
    assert rules.message(typed) == typed


@pytest.mark.parametrize("typed", ["🩷", "🫨", "🩵 🩶"])
def test_an_emoji_that_is_newer_than_python_is_something_to_see(typed: str) -> None:
    assert rules.message(typed) == typed


@given(ANYTHING)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_in_is_clean_text_or_a_refusal(typed: object) -> None:
    try:
        clean = rules.message(typed)
    except AppError as refusal:
        assert refusal.sentence in {"Write a message first.", TOO_LONG}  # noqa: PT017
        return
    assert 1 <= len(clean) <= 1000
    assert clean == clean.strip() == unicodedata.normalize("NFC", clean)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in clean)
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert rules.message(clean) == clean
    clean.encode()

"""Different spellings of a word are one to a search, and what was found is marked where it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg import rules
from anonmsg.errors import InvalidSearch
from tests.hostile_texts import ELSEWHERE, XSS
from tests.payloads import JUNK

ANY = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("aAäÄßﬁİıςΣک ك یي ه ہ ة ۃ آأا ٱـ़ّ क़क ँं 가각が が\u200d\u0301"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "café"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ΟΔΥΣΣΕΎΣ", "οδυσσευς"),
        ("ﬁne", "fine"),
        ("ＡＢＣ１２", "abc12"),
        ("naïve", "naive"),
        ("Việt Nam", "viet nam"),
        # Arabic and Urdu.
        ("كِتَابٌ", "کتاب"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آپ", "اپ"),
        ("ٱلله", "الله"),
        ("علي", "علی"),
        ("على", "علی"),
        ("مدرسة", "مدرسه"),
        ("ہے", "هے"),
        ("بھائی", "بهائي"),
        ("مـــحمد", "محمد"),
        ("می\u200cخواهم", "میخواهم"),
        ("ﷲ", "الله"),
        ("۱۲۳ ٤٥٦", "123 456"),
        # Devanagari.
        ("क़लम", "कलम"),
        ("ज़िंदगी", "जिंदगी"),
        ("हँसी", "हंसी"),
        ("१२३", "123"),
        # Hebrew.
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert rules.fold(one) == rules.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("कि", "की"),
        ("कु", "क"),
        ("क्या", "कया"),
        ("น้ำ", "นา"),
        ("か", "が"),
        ("سر", "شر"),
        ("o", "ø"),
    ],
)
def test_other_words_stay_others(one: str, other: str) -> None:
    assert rules.fold(one) != rules.fold(other)


@given(ANY)
def test_folding_again_changes_nothing(text: str) -> None:
    once = rules.fold(text)
    assert rules.fold(rules.fold(once)) == rules.fold(once)


@given(ANY, st.integers(0, 60), st.integers(1, 10))
def test_a_piece_of_a_text_is_found_and_marked_in_it(text: str, start: int, length: int) -> None:
    piece = text[start : start + length]
    try:
        words = rules.search_words(piece)
    except InvalidSearch:
        return
    found = rules.spans(text, words)
    for first, last in found:
        assert 0 <= first < last <= len(text)
        assert any(word in rules.fold(text[first:last]) for word in words)
    # They're in order, and none touches the next.
    assert all(one[1] < other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "searched", "marked"),
    [
        ("Hello hello", "HELLO", ["Hello", "hello"]),
        ("a cafe\u0301 au lait", "café", ["cafe\u0301"]),
        ("Straße", "strasse", ["Straße"]),
        ("Straße", "s", ["S", "ß"]),
        ("aaaa", "aa", ["aaaa"]),
        ("banana", "ana", ["ana"]),
        ("one two three", "three one", ["one", "three"]),
        ("abcdef", "abc cde", ["abcde"]),
        ("یہ کِتَاب ہے", "كتاب", ["کِتَاب"]),
        ("मेरी क़लम", "कलम", ["क़लम"]),
        ("100 % _", "% _", ["%", "_"]),
        ("nothing here", "else", []),
    ],
)
def test_what_was_found_is_marked_in_the_text_as_it_was_written(
    text: str, searched: str, marked: list[str]
) -> None:
    found = rules.spans(text, rules.search_words(searched))
    assert [text[start:end] for start, end in found] == marked


@pytest.mark.parametrize("typed", [*JUNK[:9], "", "  \n", "\u0301", "\u200d\u0640", "a" * 101])
def test_what_is_nothing_to_search_for_is_refused(typed: object) -> None:
    with pytest.raises(InvalidSearch):
        rules.search_words(typed)


def test_too_many_marks_are_refused_and_too_much_is_said_to_be_so() -> None:
    with pytest.raises(InvalidSearch):
        rules.search_words("a" + "\u0301" * 40)
    with pytest.raises(InvalidSearch) as refusal:
        rules.search_words("a" * 101)
    assert refusal.value.by_field() == {"search": "Use at most 100 characters."}
    assert rules.search_words("b " * 50) == ["b"]


@pytest.mark.parametrize("text", [*XSS, *ELSEWHERE])
def test_no_text_breaks_folding(text: str) -> None:
    for word in text.split():
        if words := [each for each in [rules.fold(word[:100])] if each.strip()]:
            assert rules.spans(text, words)

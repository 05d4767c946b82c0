"""Suggestions: three different ones, each valid as a message."""

from __future__ import annotations

import re

import pytest

from anonmsg import rules
from anonmsg.services.inbox import suggestions


def test_every_suggestion_is_a_message_that_can_be_sent() -> None:
    assert all(rules.message(sentence) == sentence for sentence in suggestions.BANK)
    assert len(set(suggestions.BANK)) == len(suggestions.BANK)


def is_question_or_opening(sentence: str) -> bool:
    """Whether a sender still has to think of something before it says anything."""
    return sentence.endswith(("?", "…")) and not re.search(r"[.!]|….", sentence)


def test_every_suggestion_is_a_question_or_half_a_sentence() -> None:
    assert len(suggestions.BANK) == 24
    assert [each for each in suggestions.BANK if not is_question_or_opening(each)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "Your laugh makes the whole room lighter.",
        "You explain hard things so well. Where did you learn that?",
        "Keep going! What comes next?",
        "I like how you listen",
        "Thank you… for last year?",
    ],
)
def test_a_statement_is_no_suggestion(statement: str) -> None:
    assert not is_question_or_opening(statement)


def test_three_different_ones_are_suggested_from_the_bank() -> None:
    for _ in range(100):
        found = suggestions.some()
        assert len(set(found)) == 3
        assert set(found) <= set(suggestions.BANK)


def test_asking_again_brings_others() -> None:
    shown = suggestions.some()
    for _ in range(100):
        fresh = suggestions.some(instead_of=shown)
        assert not set(fresh) & set(shown)
        assert len(fresh) == 3
        shown = fresh


def test_in_time_all_of_the_bank_is_seen() -> None:
    seen = {sentence for _ in range(400) for sentence in suggestions.some()}
    assert seen == set(suggestions.BANK)

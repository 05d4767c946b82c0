"""Suggestions: three different ones, each valid as a message."""

from __future__ import annotations

from anonmsg import rules
from anonmsg.services.inbox import suggestions


def test_every_suggestion_is_a_message_that_can_be_sent() -> None:
    assert all(rules.message(sentence) == sentence for sentence in suggestions.BANK)
    assert len(set(suggestions.BANK)) == len(suggestions.BANK)


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

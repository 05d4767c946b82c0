"""The parts in which the messages on screen are sent."""

from __future__ import annotations

from anonmsg.pages.dashboard.shown_state import spread
from anonmsg.public import InboxMessage


def m(*names: str) -> list[InboxMessage]:
    return [InboxMessage(name, name, "") for name in names]


def test_a_first_look_fills_the_first_part_below_the_arrivals() -> None:
    assert spread([[], [], []], m("b", "a")) == [[], m("b", "a"), []]


def test_what_comes_later_has_arrived() -> None:
    parts = [[], m("b", "a"), []]
    assert spread(parts, m("c", "b", "a")) == [m("c"), m("b", "a"), []]


def test_messages_stay_in_their_parts() -> None:
    parts = [m("f"), m("e", "d"), m("c", "b")]
    assert spread(parts, m("f", "d", "c")) == [m("f"), m("d"), m("c")]


def test_what_comes_back_stands_where_it_belongs() -> None:
    parts = [[], m("f", "d"), m("c", "a")]
    assert spread(parts, m("f", "e", "d", "c", "b", "a")) == [
        [],
        m("f", "e", "d"),
        m("c", "b", "a"),
    ]


def test_nothing_is_lost_or_out_of_order_whatever_moves() -> None:
    parts = [m("x"), m("c", "b"), m("a")]
    fresh = m("a", "b", "new", "c", "x")
    assert [each for part in spread(parts, fresh) for each in part] == fresh

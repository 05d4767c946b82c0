"""The parts in which the messages on screen are sent."""

from __future__ import annotations

from dataclasses import replace

from anonmsg.pages.dashboard.shown_state import ARRIVALS, FIRST_SLICE, NAMES, arrived_among, spread
from anonmsg.public import InboxMessage

Parts = list[list[InboxMessage]]


def m(*names: str) -> list[InboxMessage]:
    return [InboxMessage(name, name, "") for name in names]


def parts(**named: list[InboxMessage]) -> Parts:
    return [named.get(name, []) for name in NAMES]


def together(found: Parts) -> list[InboxMessage]:
    return [each for part in found for each in part]


def test_a_first_look_fills_the_first_slice_below_the_arrivals() -> None:
    assert spread(parts(), m("b", "a")) == parts(s0=m("b", "a"))


def test_what_comes_later_is_a_part_each_time() -> None:
    once = spread(parts(s0=m("b", "a")), m("d", "c", "b", "a"))
    assert once == parts(a19=m("d", "c"), s0=m("b", "a"))
    again = spread(once, m("e", "d", "c", "b", "a"))
    assert again == parts(a18=m("e"), a19=m("d", "c"), s0=m("b", "a"))


def test_messages_stay_in_their_parts() -> None:
    before = parts(a19=m("f"), s0=m("e", "d"), s1=m("c", "b"))
    assert spread(before, m("f", "d", "c")) == parts(a19=m("f"), s0=m("d"), s1=m("c"))


def test_what_comes_back_stands_where_it_belongs() -> None:
    before = parts(s0=m("f", "d"), s1=m("c", "a"))
    fresh = m("f", "e", "d", "c", "b", "a")
    assert spread(before, fresh) == parts(s0=m("f", "e", "d"), s1=m("c", "b", "a"))


def test_what_is_new_has_arrived_unless_it_has_only_moved_up() -> None:
    shown = [replace(each, is_unread=True) for each in m("new", "b", "late", "a", "older")]
    assert [each.id for each in arrived_among({"b", "a"}, shown)] == ["new", "late"]
    assert [each.id for each in arrived_among(set(), shown)] == [each.id for each in shown]
    assert arrived_among({"a"}, m("read", "a")) == []


def test_nothing_is_lost_or_out_of_order_whatever_moves() -> None:
    before = parts(a19=m("x"), s0=m("c", "b"), s1=m("a"))
    fresh = m("a", "b", "new", "c", "x")
    assert together(spread(before, fresh)) == fresh


def test_arrivals_become_a_slice_when_their_parts_are_full() -> None:
    found, shown = parts(s0=m("old")), m("old")
    for number in range(ARRIVALS):
        shown = [*m(f"{number}"), *shown]
        found = spread(found, shown)
    assert [len(part) for part in found[:FIRST_SLICE]] == [1] * ARRIVALS + [0] * 10
    found = spread(found, [*m("next"), *shown])
    assert found == parts(a19=m("next"), g9=shown[:-1], s0=m("old"))


def test_however_many_come_each_is_shown_in_its_place() -> None:
    found, shown = parts(s0=m("old")), m("old")
    for number in range(ARRIVALS * 15):
        shown = [*m(f"{number}"), *shown]
        found = spread(found, shown)
        assert together(found) == shown
    assert found[FIRST_SLICE] == m("old")

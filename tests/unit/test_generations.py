"""Generations: remembered for as long as promised, then forgotten, in bounded room."""

from __future__ import annotations

from anonmsg.runtime.generations import SHARDS, Generations

LIVES = 100.0


def few(room: int = 4 * SHARDS) -> Generations[int]:
    return Generations(lives=LIVES, room=room, outlasts=lambda value: value > 9)


def test_a_value_is_kept_as_long_as_it_lives_and_then_forgotten() -> None:
    for first in range(0, 300, 7):
        kept = few()
        kept.put(("a",), 1, 0.0)
        kept.put(("a",), 2, float(first))
        assert kept.get(("a",), first + LIVES - 1) == 2
        assert kept.get(("a",), first + 3 * LIVES) is None


def test_a_value_that_is_read_often_is_forgotten_all_the_same() -> None:
    kept = few()
    kept.put(("a",), 1, 0.0)
    found = [kept.get(("a",), float(now)) for now in range(0, 400, 3)]
    assert None in found
    assert found[-1] is None


def test_a_forgotten_key_is_gone_from_both_generations() -> None:
    kept = few()
    kept.put(("a",), 1, 0.0)
    kept.put(("b",), 1, 0.0)
    kept.forget(("a",), 1.0)
    kept.get(("b",), LIVES)
    kept.forget(("b",), LIVES + 1)
    assert kept.get(("a",), LIVES + 1) is kept.get(("b",), LIVES + 1) is None
    assert len(kept) == 0


def test_a_flood_of_keys_stays_within_the_room() -> None:
    kept, most = few(), 0
    for number in range(20_000):
        kept.put((number,), 1, 1.0)
        if number % 500 == 0:
            most = max(most, len(kept))
    assert most <= 4 * SHARDS


def test_what_outlasts_a_flood_is_still_there_and_the_newest_too() -> None:
    kept = few()
    for number in range(50):
        kept.put(("spent", number), 10, 1.0)
        kept.put(("begun", number), 1, 1.0)
    for number in range(20_000):
        kept.put((number,), 1, 1.0)
    assert [kept.get(("spent", number), 1.0) for number in range(50)] == [10] * 50
    assert None in [kept.get(("begun", number), 1.0) for number in range(50)]
    assert kept.get((19_999,), 1.0) == 1
    # Even these are forgotten in the end.
    for number in range(20_000):
        kept.get((number,), 1.0 + LIVES)
        kept.get((number,), 1.0 + 3 * LIVES)
    assert len(kept) == 0


def test_no_call_touches_more_than_one_shard() -> None:
    kept = few(room=1_000_000)
    for number in range(50_000):
        kept.put((number,), 1, 0.0)
    before = len(kept)
    kept.get(("anything",), 5 * LIVES)
    # A sweep would have dropped them all; only the shard that was used has turned.
    assert before - len(kept) < 3 * before / SHARDS

"""Search finds what is there, in every script, and is bounded whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlmodel import col, update

from anonmsg.database.tables import Message, Person
from anonmsg.errors import InvalidPeriod, InvalidSearch, PageOutdated, TooManyAttempts
from anonmsg.public import FoundPart, FoundSlice
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import moves, notes, search, slices
from anonmsg.services.inbox.search import Search
from tests import factories
from tests.hostile_texts import ELSEWHERE, XSS
from tests.payloads import JUNK


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def find(
    ctx: Context, owner: Person, words: object, cursor: object = "", **more: object
) -> FoundSlice:
    ctx.rate_limits.__init__()  # type: ignore[misc]
    asked = Search(words, **more)  # type: ignore[arg-type]
    return search.find(ctx, owner_id=owner.id, search=asked, cursor=cursor)


def texts(found: FoundSlice) -> list[str]:
    return [each.message.content for each in found.messages]


def test_words_in_any_order_and_within_others_are_found_newest_first(
    ctx: Context, ada: Person
) -> None:
    factories.messages(ctx, ada, "Tomorrow we meet", "we MEET again", "we part", "morgen wé meet")
    assert texts(find(ctx, ada, "meet we")) == [
        "morgen wé meet",
        "we MEET again",
        "Tomorrow we meet",
    ]
    assert texts(find(ctx, ada, "morrow")) == ["Tomorrow we meet"]
    assert texts(find(ctx, ada, "meet part")) == []
    assert find(ctx, ada, "meet part").searched_to == ctx.now.isoformat()


def test_what_was_found_is_marked_and_the_text_is_whole(ctx: Context, ada: Person) -> None:
    factories.messages(ctx, ada, "a café, and another CAFE")
    (found,) = find(ctx, ada, "Cafe").messages
    assert found.parts == [
        FoundPart("a "),
        FoundPart("café", is_match=True),
        FoundPart(", and another "),
        FoundPart("CAFE", is_match=True),
    ]
    assert found.note_parts == []


def test_notes_are_searched_and_marked_too(ctx: Context, ada: Person) -> None:
    (one,) = factories.messages(ctx, ada, "hello there")
    notes.annotate(ctx, owner_id=ada.id, message_id=one.id, note="from Thursday")
    (found,) = find(ctx, ada, "thursday hello").messages
    assert found.note_parts == [FoundPart("from "), FoundPart("Thursday", is_match=True)]
    assert found.parts[0] == FoundPart("hello", is_match=True)
    # A word is not found across the two.
    assert texts(find(ctx, ada, "therefrom")) == []


@pytest.mark.parametrize("text", [*XSS, *ELSEWHERE])
def test_hostile_and_foreign_texts_are_found_as_they_were(
    ctx: Context, ada: Person, text: str
) -> None:
    factories.send(ctx, username="ada", content=text)
    (sent,) = slices.inbox(ctx, owner_id=ada.id).messages
    assert sent.content == text
    notes.annotate(ctx, owner_id=ada.id, message_id=sent.id, note=text[:500])
    for word in text.split():
        (found,) = find(ctx, ada, word[:100]).messages
        assert found.message.content == text
        assert "".join(part.text for part in found.parts) == text
        assert "".join(part.text for part in found.note_parts) == text[:500].strip()
        assert any(part.is_match for part in found.parts)


@pytest.mark.parametrize(
    "words",
    [
        "%",
        "_",
        "\\",
        "'",
        '"',
        "*",
        ".",
        ".*",
        "[a-z]",
        "(",
        "a|b",
        "$",
        "^",
        "?",
        "' OR 1=1 --",
        "%_",
    ],
)
def test_what_is_syntax_elsewhere_is_text_here(ctx: Context, ada: Person, words: str) -> None:
    factories.messages(ctx, ada, "plain words")
    assert texts(find(ctx, ada, words)) == []
    factories.messages(ctx, ada, f"before {words} after")
    assert texts(find(ctx, ada, words)) == [f"before {words} after"]


@pytest.mark.parametrize("words", [*JUNK[:9], "", " \n ", "a" * 101])
def test_nothing_to_search_for_is_refused(ctx: Context, ada: Person, words: object) -> None:
    with pytest.raises(InvalidSearch):
        find(ctx, ada, words)


def test_only_the_folder_that_was_asked_for_is_searched(ctx: Context, ada: Person) -> None:
    for place in ("inbox", "archive", "trash"):
        factories.messages(ctx, ada, f"word {place}", folder=place, is_starred=place != "inbox")
    asked = {
        "all": {"word inbox", "word archive"},
        "inbox": {"word inbox"},
        "archive": {"word archive"},
        "starred": {"word archive"},
        "trash": {"word trash"},
    }
    for folder, wanted in asked.items():
        assert set(texts(find(ctx, ada, "word", folder=folder))) == wanted
    for folder in (*JUNK, "", "ALL", "spam", "' OR 1=1 --"):
        with pytest.raises(PageOutdated):
            find(ctx, ada, "word", folder=folder)


def test_from_a_day_to_a_day_both_included(ctx: Context, ada: Person) -> None:
    midnight = ctx.now.replace(hour=0)
    times = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=24, seconds=-1)]
    times.append(midnight + timedelta(hours=24))
    factories.messages(ctx, ada, "before", "first", "last", "after", sent_at=times)
    day = f"{midnight:%Y-%m-%d}"
    assert texts(find(ctx, ada, "f", since=day, until=day)) == ["first"]
    assert texts(find(ctx, ada, "r", since=day)) == ["after", "first"]
    assert texts(find(ctx, ada, "s", until=day)) == ["last", "first"]
    assert texts(find(ctx, ada, "b", until="2026-03-03")) == ["before"]
    assert len(find(ctx, ada, "r", since="0001-01-01", until="9999-12-31").messages) == 3


@pytest.mark.parametrize(
    "day",
    [
        *[each for each in JUNK if each is not None],
        *("2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-3-4", "2026-03-04T00:00"),
        *("tomorrow", "20260304", "2026-W10-3", "٢٠٢٦-٠٣-٠٤", "' OR 1"),
    ],
)
def test_a_day_that_does_not_exist_is_refused(ctx: Context, ada: Person, day: object) -> None:
    for asked in ({"since": day}, {"until": day}):
        with pytest.raises(InvalidPeriod):
            find(ctx, ada, "word", **asked)


def test_the_first_day_is_not_after_the_last(ctx: Context, ada: Person) -> None:
    with pytest.raises(InvalidPeriod) as refusal:
        find(ctx, ada, "word", since="2026-03-05", until="2026-03-04")
    assert refusal.value.sentence == "The first day is after the last one."


@pytest.mark.parametrize(
    "cursor",
    [
        *(*JUNK, "x", "2026-03-04", "a" * 9000, "' OR 1=1 --", "2026-03-04T12:00:00 m"),
        *("2026-02-30T00:00:00+00:00 m", "0001-01-01T00:00:00+23:59 m"),
    ],
)
def test_a_made_up_cursor_is_refused(ctx: Context, ada: Person, cursor: object) -> None:
    with pytest.raises(PageOutdated):
        find(ctx, ada, "word", cursor=cursor)


def test_it_goes_on_from_its_cursor_without_gap_or_repeat(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE", 7)
    # Many in each second, and those that aren't found between.
    times = [ctx.now - timedelta(seconds=n // 9) for n in range(150)]
    names = [f"word {n}" if n % 3 else f"other {n}" for n in range(150)]
    factories.messages(ctx, ada, *names[:100], sent_at=times[:100])
    factories.messages(ctx, ada, *names[100:], sent_at=times[100:], folder="archive")
    seen: list[str] = []
    found = find(ctx, ada, "word")
    while True:
        seen += texts(found)
        assert len(found.messages) <= search.SLICE
        if not found.more:
            break
        assert found.searched_to == found.messages[-1].message.sent_at
        found = find(ctx, ada, "word", found.cursor)
    assert len(seen) == len(set(seen)) == 100
    assert set(seen) == {name for name in names if name.startswith("word")}
    assert found.cursor == ""


def test_it_ends_when_its_time_is_up_and_says_how_far_it_came(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE", 10)
    times = [ctx.now - timedelta(minutes=n) for n in range(100)]
    factories.messages(ctx, ada, *(f"m{n}" for n in range(100)), sent_at=times)
    tenths = count()

    def clock() -> float:
        return next(tenths) / 10

    asked = {"owner_id": ada.id, "search": Search("m99"), "monotonic": clock}
    found = search.find(ctx, **asked)
    # It began at 0 s, and looked at its watch after each ten messages: at 0.1, 0.2 and 0.3 s.
    assert (found.messages, found.more) == ([], True)
    assert found.searched_to == times[29].isoformat()
    rounds = 1
    while found.more:
        found, rounds = search.find(ctx, **asked, cursor=found.cursor), rounds + 1
    assert texts(found) == ["m99"]
    assert rounds == 4


def test_nothing_is_opened_within_a_transaction(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.messages(ctx, ada, "hello")
    real: Callable[..., bool] = search._matches

    def watched(*asked: object) -> bool:
        assert not ctx.db.in_transaction()
        return real(*asked)

    monkeypatch.setattr(search, "_matches", watched)
    assert texts(find(ctx, ada, "hello")) == ["hello"]


def test_searches_are_counted_by_owner(ctx: Context, ada: Person) -> None:
    eve = factories.person(ctx, "eve")
    asked = Search("word")
    for _ in range(60):
        search.find(ctx, owner_id=ada.id, search=asked)
    with pytest.raises(TooManyAttempts):
        search.find(ctx, owner_id=ada.id, search=asked)
    search.find(ctx, owner_id=eve.id, search=asked)


def test_old_messages_are_searched_before_they_are_sealed_and_broken_ones_passed_by(
    ctx: Context, ada: Person
) -> None:
    broken, _ = factories.messages(ctx, ada, "word broken", "word sealed")
    with ctx.writing() as db:
        db.add(Message(person_id=ada.id, content="word clear", sent_at=ctx.now))
        db.exec(update(Message).where(col(Message.id) == broken.id).values(sealed=b"\x01x"))
    assert set(texts(find(ctx, ada, "word"))) == {"word clear", "word sealed"}


def test_what_was_deleted_is_not_found(ctx: Context, ada: Person) -> None:
    (one,) = factories.messages(ctx, ada, "word")
    moves.trash(ctx, owner_id=ada.id, ids=one.id)
    assert texts(find(ctx, ada, "word")) == []
    moves.delete_forever(ctx, owner_id=ada.id, ids=one.id)
    assert texts(find(ctx, ada, "word", folder="trash")) == []

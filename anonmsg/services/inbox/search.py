"""Search: looks through messages for words, newest first, a third of a second at a time.

Messages are sealed, so there's no index to ask: they're opened and compared one after the
other. That happens outside of any transaction, in pages, and ends after 300 ms at the
latest with a cursor to go on from.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from anonmsg import rules
from anonmsg.database.tables import Message
from anonmsg.errors import N_, InvalidPeriod, PageOutdated
from anonmsg.public import FoundMessage, FoundPart, FoundSlice
from anonmsg.runtime.context import Context
from anonmsg.security.inbox_ciphers import InboxCipher
from anonmsg.security.seals import BrokenSeal
from anonmsg.services.inbox import folders, inbox_keys, message_order, reading
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.inbox.message_order import Position
from anonmsg.services.inbox.reading import Row

# Seconds of work in one slice, how many messages are found in it, and read at a time.
WORK = 0.3
SLICE = 20
PAGE = 500
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_DAY, LAST_DAY = date(message_order.FIRST_YEAR, 1, 1), date(message_order.LAST_YEAR, 1, 1)


@dataclass(frozen=True)
class Search:
    """What an owner looks for, as their browser says it.

    Attributes:
        words: The words, in any order, each also within other words.
        folder: In which folder, or in all but the trash.
        since: From which day on (ISO, UTC), if from any.
        until: Up to which day, which is included.
    """

    words: object
    folder: object = folders.ALL
    since: object = ""
    until: object = ""


def find(
    ctx: Context,
    *,
    owner_id: str,
    search: Search,
    cursor: object = "",
    monotonic: Callable[[], float] = time.monotonic,
) -> FoundSlice:
    """Return the next messages that have all the words, in their text or their note.

    Args:
        ctx: The context.
        owner_id: Whose messages.
        search: What to look for.
        cursor: Where the slice before ended.
        monotonic: A clock in seconds that nobody sets.

    Raises:
        InvalidSearch: there is nothing to look for, or more than 100 characters.
        InvalidPeriod: a day doesn't exist, or the first one is after the last.
        PageOutdated: there is no such folder, or the cursor is made up.
        TooManyAttempts: there were too many searches.
    """
    wanted = rules.search_words(search.words)
    where, limits = _where(search.folder), _period(search.since, search.until)
    if cursor != "":
        limits.append(message_order.older_than(Position.read(cursor)))
    ctx.rate_limits.spend("search", owner_id)
    ends_at = monotonic() + WORK
    with ctx.reading():
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
    found: list[FoundMessage] = []
    last: Row | None = None
    for page in _pages(ctx, owner_id, where, limits):
        for last in page:
            if _matches(last, cipher, wanted):
                found.append(_as_found(last, cipher, wanted))
                if len(found) == SLICE:
                    return _slice(found, last, more=True)
        if len(page) == PAGE and monotonic() >= ends_at:
            return _slice(found, last, more=True)
    return _slice(found, last, more=False)


def _slice(found: list[FoundMessage], last: Row | None, *, more: bool) -> FoundSlice:
    if last is None:
        return FoundSlice()
    cursor = Position(last.sent_at, last.id).cursor if more else ""
    return FoundSlice(found, more, last.sent_at.isoformat(), cursor)


def _pages(
    ctx: Context, owner_id: str, where: Sequence[Folder], limits: Sequence[ColumnElement[bool]]
) -> Iterator[list[Row]]:
    """Yield pages of rows, each read in a short transaction of its own."""
    further = list(limits)
    while True:
        asked = message_order.newest(owner_id, where, *further, limit=PAGE)
        with ctx.reading() as db:
            rows = reading.rows(db.connection().execute(asked))
        yield rows
        if len(rows) < PAGE:
            return
        last = Position(rows[-1].sent_at, rows[-1].id)
        further = [*limits, message_order.older_than(last)]


def _matches(row: Row, cipher: InboxCipher | None, words: Sequence[str]) -> bool:
    """Return whether each word is in a message or its note; what can't be opened has none."""
    try:
        folded = rules.fold(row.text(cipher))
        if row.note is not None:
            folded = f"{folded}\n{rules.fold(row.noted(cipher))}"
    except (BrokenSeal, rules.TooManyMarks):
        return False
    return all(word in folded for word in words)


def _as_found(row: Row, cipher: InboxCipher | None, words: list[str]) -> FoundMessage:
    shown = reading.as_shown(row, cipher)
    return FoundMessage(shown, _parts(shown.content, words), _parts(shown.note, words))


def _parts(text: str, words: list[str]) -> list[FoundPart]:
    """Cut a text into what was found and what is between."""
    parts, done = [], 0
    for start, end in rules.spans(text, words):
        parts += [FoundPart(text[done:start]), FoundPart(text[start:end], is_match=True)]
        done = end
    return [part for part in (*parts, FoundPart(text[done:])) if part.text]


def _where(folder: object) -> Sequence[Folder]:
    if folder == folders.ALL:
        return folders.EVERYTHING_KEPT
    if not folders.is_known(folder):
        raise PageOutdated
    return [folders.named(folder)]


def _period(since: object, until: object) -> list[Any]:
    """Match what was sent from one day to another."""
    first, last = _day(since), _day(until)
    if first and last and first > last:
        raise InvalidPeriod(N_("The first day is after the last one."))
    limits: list[Any] = []
    if first:
        limits.append(col(Message.sent_at) >= _midnight(first))
    if last:
        limits.append(col(Message.sent_at) < _midnight(last) + timedelta(days=1))
    return limits


def _day(value: object) -> date | None:
    """Return the day that was typed, within the years that a message can be of.

    Raises:
        InvalidPeriod: it doesn't exist.
    """
    if value in ("", None):
        return None
    typed = rules.text(value, 10)
    if not _DAY.fullmatch(typed):
        raise InvalidPeriod
    with suppress(ValueError):
        return min(max(date.fromisoformat(typed), FIRST_DAY), LAST_DAY)
    raise InvalidPeriod


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time_of_day(), tzinfo=UTC)

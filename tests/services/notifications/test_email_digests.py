"""Email digests: who is told how many messages are new, when, and when not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select, update

from anonmsg.database.tables import EmailDigest, Mail, Person
from anonmsg.errors import InvalidDigest, NotSignedIn
from anonmsg.mail.letters import Letter
from anonmsg.public import DigestChoice
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox, purges
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox import delivery_settings, moves
from anonmsg.services.notifications import email_digests, unsubscribe_links
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.payloads import JUNK
from tests.races import contexts_at_once

SECRET = "Nobody but Ada may read this sentence."


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


class Days:
    """Time that passes, with what leaves in the meantime."""

    def __init__(self, runtime: Runtime, clock: Clock, mailer: FakeMailer) -> None:
        self.runtime, self.clock, self.mailer = runtime, clock, mailer

    def __call__(self, use_case: Callable[..., Any], *args: Any, **asked: Any) -> Any:
        with self.runtime.context() as ctx:
            return use_case(ctx, *args, **asked)

    def turn_on(self, owner: Person, frequency: str = "hourly", hour: int = 0) -> None:
        self(email_digests.choose, owner_id=owner.id, frequency=frequency, hour=hour)

    def arrive(self, owner: Person, *texts: str, **fields: Any) -> list[str]:
        times = [self.clock.now.replace(microsecond=0)] * len(texts)
        made = self(factories.messages, owner, *texts, sent_at=times, **fields)
        return [each.id for each in made]

    def pass_by(self, **by: float) -> list[Letter]:
        """Let time pass, run what is due then, and return the emails that have left."""
        self.clock.move(**by)
        before = len(self.mailer.letters)
        while self(email_digests.tell_next):
            pass
        while self(outbox.deliver_next):
            pass
        return self.mailer.letters[before:]


@pytest.fixture
def days(runtime: Runtime, clock: Clock, mailer: FakeMailer) -> Days:
    return Days(runtime, clock, mailer)


def test_nobody_is_told_who_has_not_asked_for_it(days: Days, ada: Person) -> None:
    days.arrive(ada, SECRET)
    assert days.pass_by(days=2) == []
    assert days(email_digests.choice, owner_id=ada.id) == DigestChoice("off")


def test_an_email_says_how_many_and_not_a_word_of_them(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, SECRET, "and another")
    [letter] = days.pass_by(hours=1)
    assert (letter.to, letter.subject) == (ada.email, "2 new messages in your anonmsg inbox")
    assert "there are 2 new anonymous messages" in letter.text
    for part in (letter.subject, letter.text, letter.html):
        assert not {"Nobody", "sentence", "another"} & set(part.split())


def test_one_message_is_one(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, SECRET)
    [letter] = days.pass_by(hours=1)
    assert letter.subject == "1 new message in your anonmsg inbox"
    assert "there's 1 new anonymous message" in letter.text


def test_the_same_message_is_told_once(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    assert len(days.pass_by(hours=1)) == 1
    assert days.pass_by(hours=30) == []
    days.arrive(ada, "two", "three")
    [letter] = days.pass_by(hours=1)
    assert letter.subject.startswith("2 new")


def test_two_emails_are_an_hour_apart_even_after_a_late_one(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    assert len(days.pass_by(hours=1, minutes=50)) == 1
    days.arrive(ada, "two")
    assert days.pass_by(minutes=59) == []
    assert len(days.pass_by(minutes=1)) == 1


def test_what_came_before_it_was_turned_on_is_no_news(days: Days, ada: Person) -> None:
    days.arrive(ada, "old")
    days.clock.move(minutes=1)
    days.turn_on(ada)
    assert days.pass_by(hours=1) == []


def test_what_came_before_the_owner_looked_is_no_news(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.clock.move(minutes=10)
    days(email_digests.seen, owner_id=ada.id)
    days.clock.move(minutes=10)
    days.arrive(ada, "two")
    [letter] = days.pass_by(minutes=40)
    assert letter.subject.startswith("1 new")
    days.arrive(ada, "three")
    days.clock.move(minutes=10)
    days(email_digests.seen, owner_id=ada.id)
    assert days.pass_by(hours=3) == []


def test_looking_notes_nothing_of_owners_who_are_not_told(days: Days, ada: Person) -> None:
    days(email_digests.seen, owner_id=ada.id)
    with days.runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(EmailDigest)).all() == []


@pytest.mark.parametrize("folder", ["archive", "trash"])
def test_what_is_not_in_the_inbox_does_not_count(days: Days, ada: Person, folder: str) -> None:
    days.turn_on(ada)
    days.arrive(ada, "moved", folder=folder)
    assert days.pass_by(hours=1) == []


def test_trashed_and_read_messages_do_not_count(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    trashed, read, _ = days.arrive(ada, "trashed", "read", "new")
    days(moves.trash, owner_id=ada.id, ids=[trashed])
    days(moves.mark_read, owner_id=ada.id, ids=[read])
    [letter] = days.pass_by(hours=1)
    assert letter.subject.startswith("1 new")


def test_somebody_elses_messages_do_not_count(days: Days, ada: Person, ctx: Context) -> None:
    eve = factories.person(ctx, "eve")
    days.turn_on(ada)
    days.arrive(eve, "for eve")
    assert days.pass_by(hours=1) == []


def test_a_message_of_the_last_seconds_is_told_next_time_and_never_lost(
    days: Days, ada: Person
) -> None:
    days.turn_on(ada)
    days.clock.move(minutes=59, seconds=55)
    days.arrive(ada, "late")
    assert days.pass_by(seconds=5) == []
    assert len(days.pass_by(hours=1)) == 1


def test_once_a_day_at_an_hour_of_the_owner(days: Days, ada: Person, ctx: Context) -> None:
    with ctx.writing() as db:
        db.exec(update(Person).values(time_zone="Asia/Karachi"))
    days.turn_on(ada, "daily", 20)  # 15:00 UTC, and it is noon
    days.arrive(ada, "one")
    assert days.pass_by(hours=2, minutes=59) == []
    assert len(days.pass_by(minutes=1)) == 1
    days.arrive(ada, "two")
    assert days.pass_by(hours=23, minutes=59) == []
    assert len(days.pass_by(minutes=1)) == 1


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), 23),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), 25),
    ],
)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 20])
def test_a_day_of_23_or_25_hours_has_one_email(
    days: Days, ada: Person, ctx: Context, day: datetime, hours: int, hour: int
) -> None:
    days.clock.now = day
    with ctx.writing() as db:
        db.exec(update(Person).values(time_zone="Europe/Berlin"))
    days.turn_on(ada, "daily", hour)
    sent = []
    for _ in range(4 * 24):
        days.arrive(ada, "again")
        if days.pass_by(hours=1):
            sent.append(days.clock.now)
    gaps = {later - earlier for earlier, later in pairwise(sent)}
    assert gaps <= {timedelta(hours=24), timedelta(hours=hours)}
    # At three it's over already.
    assert (timedelta(hours=hours) in gaps) == (hour != 3)
    local = [each.astimezone(ZoneInfo("Europe/Berlin")) for each in sent]
    assert len({each.date() for each in local}) == len(sent) == 4
    assert all(each.hour == hour or (hour, hours, each.hour) == (2, 23, 3) for each in local)


def test_what_fell_due_while_the_server_was_down_is_told_once(days: Days, ada: Person) -> None:
    days.turn_on(ada, "daily", 20)
    days.arrive(ada, "one")
    assert len(days.pass_by(days=5)) == 1
    assert days.pass_by(minutes=1) == []


def test_after_a_clock_that_was_ahead_it_goes_on(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    right = days.clock.now
    days.pass_by(days=400)
    days.clock.now = right
    days.pass_by(minutes=1)
    days.arrive(ada, "one")
    assert len(days.pass_by(hours=1)) == 1


@pytest.mark.parametrize("column", ["banned_at", "leaves_at"])
def test_nobody_is_told_whose_page_is_gone(
    days: Days, ada: Person, ctx: Context, column: str
) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    with ctx.writing() as db:
        db.exec(update(Person).values({column: ctx.now + timedelta(days=7)}))
    assert days.pass_by(hours=2) == []


def test_an_erased_account_leaves_no_trace(days: Days, ada: Person, mailer: FakeMailer) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.clock.move(hours=1)
    days(email_digests.tell_next)
    days(deletions.erase, person_id=ada.id)
    assert days.pass_by(hours=2) == []
    with days.runtime.context() as ctx, ctx.reading() as db:
        assert (db.exec(select(EmailDigest)).all(), db.exec(select(Mail)).all()) == ([], [])


def test_several_workers_send_one_email(days: Days, ada: Person, runtime: Runtime) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.clock.move(hours=1)
    contexts_at_once(runtime, 6, lambda ctx, _: email_digests.tell_next(ctx))
    assert len(days.pass_by()) == 1


def test_no_more_is_posted_than_may_wait(days: Days, ctx: Context) -> None:
    owners = [factories.person(ctx, f"owner{n}") for n in range(5)]
    for owner in owners:
        days.turn_on(owner)
        days.arrive(owner, "one")
    days.clock.move(hours=1)
    assert days(email_digests.tell_next, room=3) is True
    assert days(email_digests.tell_next, room=3) is False
    assert len(days.pass_by()) == 5


def test_every_other_email_goes_first(days: Days, ada: Person, mailer: FakeMailer) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.clock.move(hours=1)
    days(email_digests.tell_next)
    days.clock.move(seconds=1)
    with days.runtime.context() as ctx, ctx.writing():
        outbox.post(ctx, Letter("eve@example.com", "048213 is your code", "Enter it.", "<p></p>"))
    days.pass_by()
    assert [each.to for each in mailer.letters] == ["eve@example.com", ada.email]


def test_the_row_of_a_sent_digest_goes_with_the_next_purge(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.pass_by(hours=1)
    days(purges.purge)
    with days.runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(Mail)).all() == []


def test_an_email_that_cannot_leave_is_tried_again(
    days: Days, ada: Person, mailer: FakeMailer
) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    mailer.is_down = True
    assert days.pass_by(hours=1) == []
    mailer.is_down = False
    assert len(days.pass_by(minutes=1)) == 1


def test_it_is_turned_off(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.arrive(ada, "one")
    days.turn_on(ada, "off")
    assert days.pass_by(hours=2) == []
    assert days(email_digests.choice, owner_id=ada.id).frequency == "off"


def test_a_choice_can_be_changed(days: Days, ada: Person) -> None:
    days.turn_on(ada)
    days.turn_on(ada, "daily", 7)
    assert days(email_digests.choice, owner_id=ada.id) == DigestChoice("daily", 7)


def test_an_hour_moves_with_the_time_zone(days: Days, ada: Person, ctx: Context) -> None:
    days.turn_on(ada, "daily", 20)
    days.arrive(ada, "one")
    with ctx.writing() as db:
        db.exec(update(Person).values(time_zone="Asia/Karachi"))
        email_digests.reschedule(ctx, person_id=ada.id, zone="Asia/Karachi")
    assert len(days.pass_by(hours=3)) == 1


@pytest.mark.parametrize("junk", [*JUNK, "weekly", "HOURLY", ""])
def test_what_cannot_be_chosen_changes_nothing(days: Days, ada: Person, junk: object) -> None:
    days.turn_on(ada)
    with pytest.raises(InvalidDigest):
        days(email_digests.choose, owner_id=ada.id, frequency=junk)
    assert days(email_digests.choice, owner_id=ada.id).frequency == "hourly"


@pytest.mark.parametrize(
    "junk", [*(each for each in JUNK if each != 7), "24", -1, 24, "08", "", True, 7.0]
)
def test_there_is_no_such_hour(days: Days, ada: Person, junk: object) -> None:
    with pytest.raises(InvalidDigest):
        days(email_digests.choose, owner_id=ada.id, frequency="daily", hour=junk)
    assert days(email_digests.choice, owner_id=ada.id).frequency == "off"


def test_nobody_is_told_who_is_not_there(days: Days) -> None:
    with pytest.raises(NotSignedIn):
        days(email_digests.choose, owner_id="nobody", frequency="hourly")


def test_a_link_ends_the_emails_of_its_owner_alone(days: Days, ada: Person, ctx: Context) -> None:
    eve = factories.person(ctx, "eve")
    days.turn_on(ada)
    days.turn_on(eve)
    key = unsubscribe_links.link(ctx, person_id=ada.id).partition("key=")[2]
    for _ in range(2):
        days(unsubscribe_links.use, key=key)
    assert days(email_digests.choice, owner_id=ada.id).frequency == "off"
    assert days(email_digests.choice, owner_id=eve.id).frequency == "hourly"
    assert ada.id not in key


def test_nobody_is_told_in_their_quiet_hours_but_when_they_end(
    days: Days, ada: Person, clock: Clock
) -> None:
    days.turn_on(ada)
    days(delivery_settings.choose_quiet_hours, owner_id=ada.id, are_on=True, start=12, end=18)
    days.arrive(ada, "one", "two")
    for _ in range(5):
        assert days.pass_by(hours=1) == []
    assert days.pass_by(minutes=59) == []
    [letter] = days.pass_by(minutes=1)
    assert letter.subject == "2 new messages in your anonmsg inbox"
    assert clock.now == datetime(2026, 3, 4, 18, tzinfo=UTC)

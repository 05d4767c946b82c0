"""The outbox: no email is lost or readable, and none holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from anonmsg.config import Settings
from anonmsg.database.tables import Mail, SignUp
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused, Trouble
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import corrections, sign_ups
from tests import databases, factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once


def a_letter(to: str = "ada@example.com", code: str = "048213") -> Letter:
    return Letter(to, f"{code} is your code", f"Enter {code}.", f"<p>{code}</p>")


def post(runtime: Runtime, *letters: Letter) -> None:
    with runtime.context() as ctx, ctx.writing():
        for letter in letters:
            outbox.post(ctx, letter)


def deliver(runtime: Runtime) -> int:
    """Deliver what is due at the clock's time; return how many were tried."""
    tried = 0
    while True:
        with runtime.context() as ctx:
            if not outbox.deliver_next(ctx):
                return tried
        tried += 1


def mails(runtime: Runtime) -> list[Mail]:
    with runtime.context() as ctx, ctx.reading() as db:
        return list(db.exec(select(Mail).order_by(Mail.created_at)).all())  # type: ignore[arg-type]


def a_waiting_sign_up(runtime: Runtime) -> str:
    """Sign up, leaving the email in the outbox."""
    with runtime.context() as ctx:
        return sign_ups.sign_up(
            ctx,
            username="ada",
            email="ada@example.com",
            password=factories.PASSWORD,
            network="n",
        )


@dataclass
class MailerThatWaits:
    """Calls `meanwhile` while delivering an email, then refuses or accepts it."""

    meanwhile: Callable[[], object]
    refuses: bool

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        self.meanwhile()
        if self.refuses:
            raise MailRefused("the service is down")


def test_a_transaction_that_fails_sends_nothing(runtime: Runtime, mailer: FakeMailer) -> None:
    with runtime.context() as ctx, pytest.raises(ZeroDivisionError), ctx.writing():  # noqa: PT012
        outbox.post(ctx, a_letter())
        raise ZeroDivisionError
    assert deliver(runtime) == 0
    assert mailer.letters == []


def test_a_mail_is_wiped_once_it_is_sent(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    post(runtime, a_letter())
    assert deliver(runtime) == 1
    (row,) = mails(runtime)
    assert (row.sealed, row.due_at, row.sent_at) == (None, None, clock.now)
    assert mailer.letters == [a_letter()]
    assert mailer.keys == [row.id]
    clock.move(days=2)
    assert deliver(runtime) == 0


def test_a_refused_mail_is_tried_again_as_decided_and_then_every_ten_minutes(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    post(runtime, a_letter())
    mailer.is_down = True
    for seconds in (5, 30, 120, 600, 600, 600):
        assert deliver(runtime) == 1
        clock.move(seconds=seconds - 1)
        assert deliver(runtime) == 0
        clock.move(seconds=1)
    mailer.is_down = False
    assert deliver(runtime) == 1
    assert mailer.letters == [a_letter()]
    assert mails(runtime)[0].sealed is None


def test_a_mail_that_nobody_takes_for_a_day_is_given_up_and_wiped(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    post(runtime, a_letter())
    mailer.is_down = True
    clock.move(hours=23, minutes=59)
    assert deliver(runtime) == 1
    assert mails(runtime)[0].sealed is not None
    clock.move(minutes=10)
    assert deliver(runtime) == 1
    (row,) = mails(runtime)
    assert (row.sealed, row.due_at, row.sent_at) == (None, None, None)


def test_a_refused_mail_does_not_hold_up_the_others(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    mailer.is_down = True
    post(runtime, a_letter())
    deliver(runtime)
    mailer.is_down = False
    post(runtime, a_letter(to="grace@example.com"))
    assert deliver(runtime) == 1
    assert [letter.to for letter in mailer.letters] == ["grace@example.com"]
    clock.move(seconds=5)
    assert deliver(runtime) == 1
    assert [letter.to for letter in mailer.letters] == ["grace@example.com", "ada@example.com"]


@pytest.mark.parametrize("damage", [b"", b"too short", b"x" * 200])
def test_a_mail_that_cannot_be_opened_does_not_hold_up_the_others(
    runtime: Runtime, mailer: FakeMailer, clock: Clock, damage: bytes
) -> None:
    post(runtime, a_letter())
    with runtime.context() as ctx, ctx.writing() as db:
        db.exec(select(Mail)).one().sealed = damage
    clock.move(seconds=1)
    post(runtime, a_letter(to="grace@example.com"))
    deliver(runtime)
    assert [letter.to for letter in mailer.letters] == ["grace@example.com"]


def test_a_mail_that_was_moved_to_another_row_is_not_sent(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    post(runtime, a_letter(), a_letter(to="eve@example.com"))
    with runtime.context() as ctx, ctx.writing() as db:
        first, second = db.exec(select(Mail)).all()
        first.sealed, second.sealed = second.sealed, first.sealed
    assert deliver(runtime) == 2
    assert mailer.letters == []


def test_a_code_that_dies_while_its_mail_is_refused_does_not_hold_up_the_others(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = a_waiting_sign_up(runtime)
    clock.move(seconds=61)

    def resend() -> None:
        with runtime.context() as other:
            sign_ups.resend(other, browser=browser)

    with runtime.context() as ctx:
        ctx.mailer = MailerThatWaits(resend, refuses=True)
        assert outbox.deliver_next(ctx)
    deliver(runtime)
    clock.move(minutes=11)
    post(runtime, a_letter(to="grace@example.com"))
    deliver(runtime)
    assert [letter.to for letter in mailer.letters] == ["ada@example.com", "grace@example.com"]


def test_the_hand_over_of_a_dead_code_does_not_start_the_life_of_the_next(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = a_waiting_sign_up(runtime)
    clock.move(seconds=61)

    def resend() -> None:
        with runtime.context() as other:
            sign_ups.resend(other, browser=browser)

    with runtime.context() as ctx:
        ctx.mailer = MailerThatWaits(resend, refuses=False)
        assert outbox.deliver_next(ctx)
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(SignUp)).one().code_mailed_at is None
    with runtime.context() as ctx:
        assert sign_ups.pending(ctx, browser=browser).mail == "waiting"


def test_two_senders_at_once_hand_over_once(runtime: Runtime, mailer: FakeMailer) -> None:
    post(runtime, *(a_letter(to=f"p{number}@example.com") for number in range(10)))

    def send(ctx: Context, _number: int) -> None:
        while outbox.deliver_next(ctx):
            pass

    contexts_at_once(runtime, 4, send)
    deliver(runtime)
    assert sorted(letter.to for letter in mailer.letters) == sorted(
        f"p{number}@example.com" for number in range(10)
    )


def test_a_sender_that_died_while_handing_over_is_replaced_with_the_same_key(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    post(runtime, a_letter())

    def die() -> None:
        raise SystemExit

    with runtime.context() as ctx, pytest.raises(SystemExit):  # noqa: PT012
        ctx.mailer = MailerThatWaits(die, refuses=False)
        outbox.deliver_next(ctx)
    clock.move(seconds=59)
    assert deliver(runtime) == 0
    clock.move(seconds=1)
    assert deliver(runtime) == 1
    assert mailer.keys == [mails(runtime)[0].id]


def test_no_code_and_no_address_of_a_mail_is_readable_at_rest(
    runtime: Runtime, settings: Settings
) -> None:
    post(runtime, a_letter(to="very.rare@example.com", code="739164"))
    kept = databases.at_rest(settings.data_dir)
    assert mails(runtime)[0].id.encode() in kept
    for secret in (b"very.rare", b"739164", b"is your code"):
        assert secret not in kept


def test_the_lease_is_longer_than_a_mail_service_may_take() -> None:
    assert timedelta(seconds=20) < outbox.LEASE


class Picky(FakeMailer):
    """Takes no email for one address, ever."""

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        if letter.to == "nobody@example.com":
            raise MailRefused("there is no such address", Trouble.RECIPIENT, is_final=True)
        super().deliver(letter, idempotency_key=idempotency_key)


def test_a_mail_to_an_address_that_does_not_exist_is_given_up_at_once(
    runtime: Runtime, clock: Clock
) -> None:
    mailer = runtime.mailer = Picky()
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx, email="nobody@example.com")
        assert sign_ups.pending(ctx, browser=browser).mail == "failed"
    clock.move(hours=1)
    with runtime.context() as ctx:
        assert not outbox.deliver_next(ctx)
        changed = corrections.change_email(
            ctx, browser=browser, email="somebody@example.com", network="n"
        )
        assert sign_ups.pending(ctx, browser=changed).mail == "waiting"
        assert outbox.deliver_next(ctx)
        assert sign_ups.pending(ctx, browser=changed).mail == "sent"
    assert [letter.to for letter in mailer.letters] == ["somebody@example.com"]

"""The outbox's claim: what guards it where a database has no lock that every writer takes."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import Mail
from anonmsg.mail.letters import Letter
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests.fakes import FakeMailer
from tests.without_lock import WithoutTheLock


@pytest.mark.parametrize("service_is_down", [False, True])
def test_of_two_senders_who_have_both_seen_a_mail_one_claims_it(
    runtime: Runtime, mailer: FakeMailer, *, service_is_down: bool
) -> None:
    letter = Letter("ada@example.com", "Your code", "048213", "<p>048213</p>")
    with runtime.context() as ctx, ctx.writing():
        outbox.post(ctx, letter)
    second = WithoutTheLock(runtime.settings.database)
    first_claimed: list[bool] = []

    def claim_first() -> None:
        with runtime.context() as ctx:
            # A mail that was refused waits for its next try: it is not the second's either.
            ctx.mailer = FakeMailer(is_down=service_is_down)
            first_claimed.append(outbox.deliver_next(ctx))

    second.after_the_first_look("mails", claim_first)
    try:
        with second.open() as opened, runtime.context() as ctx:
            ctx.db = opened
            assert outbox.deliver_next(ctx) is False
    finally:
        second.close()
    assert first_claimed == [True]
    assert mailer.letters == []
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(Mail.tries)).all() == [1]

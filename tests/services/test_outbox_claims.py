"""The outbox's claim: what guards it where a database has no lock that every writer takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from anonmsg.database.engine import Database, _begin_sqlite
from anonmsg.database.tables import Mail
from anonmsg.mail.letters import Letter
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests.fakes import FakeMailer


class WithoutTheLock(Database):
    """Each statement is its own transaction, so that nothing but its condition guards it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        event.remove(self.engine, "begin", _begin_sqlite)

    def after_the_first_look(self, meanwhile: Callable[[], object]) -> None:
        """Do something once, after the next statement that reads mails."""
        waiting = [meanwhile]

        def looked(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if waiting and statement.startswith("SELECT mails"):
                waiting.pop()()

        event.listen(self.engine, "after_cursor_execute", looked)


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

    second.after_the_first_look(claim_first)
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

"""Messages from several senders in one commit: each is judged on its own."""

from __future__ import annotations

import asyncio

from anonmsg.errors import InboxClosed, InvalidMessage, PageNotFound
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import messages
from anonmsg.services.inbox.messages import Draft
from tests import factories
from tests.without_lock import WithoutTheLock


def asked(content: str, key: str = "", username: str = "ada") -> Draft:
    return Draft(username, content, "n", key)


def stored(ctx: Context) -> list[str]:
    return sorted(factories.stored(ctx))


def test_each_sender_gets_an_answer_of_their_own(ctx: Context) -> None:
    factories.person(ctx, "ada")
    factories.person(ctx, "bob", accepts=False)
    outcomes = messages.send_all(
        ctx,
        [
            asked("one"),
            asked("   "),
            asked("two", username="nobody"),
            asked("three", username="bob"),
            asked("four"),
        ],
    )
    kinds = [type(each) for each in outcomes]
    assert kinds == [type(None), InvalidMessage, PageNotFound, InboxClosed, type(None)]
    assert stored(ctx) == ["four", "one"]


def test_a_retry_beside_its_first_try_makes_one_message(ctx: Context) -> None:
    factories.person(ctx)
    outcomes = messages.send_all(ctx, [asked("once", "k"), asked("once", "k"), asked("two", "k")])
    assert outcomes == [None, None, None]
    assert stored(ctx) == ["once", "two"]


def test_a_retry_after_the_inbox_was_closed_is_still_a_success(ctx: Context) -> None:
    ada = factories.person(ctx)
    assert messages.send_all(ctx, [asked("once", "k")]) == [None]
    ada.accepts_messages = False
    with ctx.writing() as db:
        db.merge(ada)
    assert messages.send_all(ctx, [asked("once", "k")]) == [None]
    assert stored(ctx) == ["once"]


async def test_a_hundred_at_once_all_arrive_and_the_refused_hear_why(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        factories.person(ctx)
        texts = [f"m{n}" for n in range(40)]
        calls = [runtime.together(messages.send_all, asked(text, text)) for text in texts * 2]
        calls += [runtime.together(messages.send_all, asked(" ")) for _ in range(20)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(each) for each in outcomes] == [type(None)] * 80 + [InvalidMessage] * 20
        assert stored(ctx) == sorted(texts)


def test_a_retry_that_was_not_seen_when_it_was_looked_for_makes_no_second_message(
    runtime: Runtime, ctx: Context
) -> None:
    factories.person(ctx)
    retry = {"username": "ada", "content": "hello", "key": "one-key"}
    second = WithoutTheLock(runtime.settings.database)

    def send_first() -> None:
        with runtime.context() as first:
            factories.send(first, **retry)

    second.after_the_first_look("send_keys", send_first)
    try:
        with second.open() as opened, runtime.context() as other:
            other.db = opened
            factories.send(other, **retry)
    finally:
        second.close()
    assert factories.stored(ctx) == ["hello"]

"""Account requests while Resend refuses, hangs or drops connections: all are completed later."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from anonmsg.database.tables import Person
from anonmsg.mail.mailer import ResendService
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import deletions, email_changes, password_resets
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock
from tests.resend_stand_in import Behaviour, ResendStandIn

NEW = "moss kettle violin zebra"
TROUBLES: list[Behaviour] = ["500", "hang", "trickle", "drop", "drop-after"]


@pytest.fixture
def resend(runtime: Runtime) -> Iterator[ResendStandIn]:
    """A Resend on this machine that the runtime sends through."""
    with ResendStandIn() as running:
        sender = "anonmsg <no-reply@anonmsg.example>"
        runtime.mailer = ResendService(running.api_key, running.url, sender, timeout=1.0)
        yield running


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def sign_in(runtime: Runtime, password: str = PASSWORD) -> str:
    with runtime.context() as ctx:
        pair = sign_ins.sign_in(ctx, identifier="ada", password=password, network=NETWORK)
        return ctx.keyring.tokens.read_access(pair.access, now=ctx.now)


def deliver(runtime: Runtime) -> None:
    """Deliver what is due, as a process's background task does."""
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass


def after_trouble(
    runtime: Runtime, resend: ResendStandIn, clock: Clock, trouble: Behaviour
) -> list[str]:
    """The text of each email, once Resend has recovered."""
    resend.behave(trouble)
    for seconds in (0, 5, 30):
        clock.move(seconds=seconds)
        deliver(runtime)
    # An email accepted before the connection dropped isn't accepted twice.
    assert len(resend.sent) == (1 if trouble == "drop-after" else 0)
    assert resend.requests == 3
    resend.behave("ok")
    clock.move(minutes=2)
    deliver(runtime)
    assert len(resend.sent) == 1
    return [mail["text"] for mail in resend.sent]


def token(text: str, page: str) -> str:
    found = re.search(rf"/{page}#([\w-]+)", text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_forgotten_password_is_replaced(
    runtime: Runtime, ada: Person, resend: ResendStandIn, clock: Clock, trouble: Behaviour
) -> None:
    with runtime.context() as ctx:
        password_resets.request(ctx, email=ada.email, network=NETWORK)
    [text] = after_trouble(runtime, resend, clock, trouble)
    with runtime.context() as ctx:
        link = token(text, "reset-password")
        password_resets.reset(ctx, link=link, password=NEW, network=NETWORK)
    assert sign_in(runtime, NEW)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_address_is_changed(
    runtime: Runtime, ada: Person, resend: ResendStandIn, clock: Clock, trouble: Behaviour
) -> None:
    me = {"owner_id": ada.id, "session_id": sign_in(runtime)}
    with runtime.context() as ctx:
        email_changes.request(ctx, email="new@example.org", **me)
    [text] = after_trouble(runtime, resend, clock, trouble)
    resend.behave(trouble)
    with runtime.context() as ctx:
        # The notice to the old address waits without holding anyone up.
        email_changes.confirm(ctx, link=token(text, "confirm-email"), network=NETWORK)
    deliver(runtime)
    resend.behave("ok")
    clock.move(seconds=5)
    deliver(runtime)
    assert [mail["to"] for mail in resend.sent] == [["new@example.org"], ["ada@example.com"]]
    with runtime.context() as ctx:
        undo = token(resend.sent[1]["text"], "undo-email")
        email_changes.undo(ctx, link=undo, network=NETWORK)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_password_is_changed_and_an_account_left_without_waiting_for_the_mail(
    runtime: Runtime, ada: Person, resend: ResendStandIn, clock: Clock, trouble: Behaviour
) -> None:
    resend.behave(trouble)
    me = {"owner_id": ada.id, "session_id": sign_in(runtime)}
    with runtime.context() as ctx:
        password_resets.change(ctx, current=PASSWORD, new=NEW, **me)
        deletions.schedule(ctx, username="ada", password=NEW, **me)
    assert resend.requests == 0
    deliver(runtime)
    resend.behave("ok")
    clock.move(seconds=5)
    deliver(runtime)
    assert len(resend.sent) == 2
    assert sign_in(runtime, NEW)

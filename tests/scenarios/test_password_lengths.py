"""Passwords of 1, 72, 73, 256 and 257 characters, in every script and on every form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import AppError, IncorrectPassword
from anonmsg.runtime.context import Context
from anonmsg.services import operators, outbox
from anonmsg.services.accounts import (
    deletions,
    email_changes,
    exports,
    password_resets,
    verifications,
)
from anonmsg.services.sessions import sign_ins, two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer

SCRIPTS = {
    "latin": "zebra violin kettle moss ",
    "urdu": "چراغ دریا کتاب پہاڑ ",
    "chinese": "紫色大象喜歡騎腳踏車",
    "emoji": "🦓🎻🫖🌿🪁🧭🐙🪔",
    "combining": "q̃x̧ŵẓ ṽn̈ m̂f̣ ",
}
ShareTarget = Callable[[Context, FakeMailer, str], None]


def typed(script: str, length: int) -> str:
    return (SCRIPTS[script] * 60)[:length]


def signed_in(ctx: Context, password: str) -> str:
    who = {"identifier": "ada", "network": f"n{ctx.now}"}
    pair = sign_ins.sign_in(ctx, password=password, **who)
    return ctx.keyring.tokens.read_access(pair.access, now=ctx.now)


def by_code(ctx: Context, mailer: FakeMailer, password: str) -> None:
    browser = factories.sign_up(ctx, "ada", password=password)
    verifications.by_code(ctx, browser=browser, code=mailer.last_code(), network=NETWORK)


def by_link(ctx: Context, mailer: FakeMailer, password: str) -> None:
    """Verify in another browser, where the link asks for the password."""
    factories.sign_up(ctx, "ada", password=password)
    given = {"browser": "", "link": mailer.last_link("verify"), "network": NETWORK}
    with pytest.raises(IncorrectPassword):
        verifications.by_link(ctx, password=password[:-1], **given)
    verifications.by_link(ctx, password=password, **given)


def by_reset(ctx: Context, mailer: FakeMailer, password: str) -> None:
    person = factories.person(ctx)
    password_resets.request(ctx, email=person.email, network=NETWORK)
    outbox.deliver_next(ctx)
    link = mailer.last_link("reset-password")
    password_resets.reset(ctx, link=link, password=password, network=NETWORK)


def by_change(ctx: Context, mailer: FakeMailer, password: str) -> None:
    del mailer
    person = factories.person(ctx)
    me = {"owner_id": person.id, "session_id": signed_in(ctx, PASSWORD)}
    password_resets.change(ctx, current=PASSWORD, new=password, **me)


def by_operator(ctx: Context, mailer: FakeMailer, password: str) -> None:
    del mailer
    operators.create_user(ctx, username="ada", email="ada@example.com", password=password)


WAYS = [by_code, by_link, by_reset, by_change, by_operator]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("length", [72, 73, 256])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_long_password_counts_to_its_last_character(
    ctx: Context, mailer: FakeMailer, script: str, length: int, way: ShareTarget
) -> None:
    chosen = typed(script, length)
    way(ctx, mailer, chosen)
    for other in (chosen[:-1], chosen[:-1] + "?", chosen + "?", chosen[:1]):
        with pytest.raises(IncorrectPassword):
            signed_in(ctx, other)
    assert signed_in(ctx, chosen)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("length", [1, 257])
@pytest.mark.parametrize("script", SCRIPTS)
def test_one_that_is_too_short_or_too_long_is_refused(
    ctx: Context, mailer: FakeMailer, script: str, length: int, way: ShareTarget
) -> None:
    sentence = "Use at least 8 characters." if length == 1 else "Use at most 256 characters."
    with pytest.raises(AppError) as refusal:
        way(ctx, mailer, typed(script, length))
    assert list(refusal.value.by_field().values()) == [sentence]


@pytest.mark.parametrize("length", [72, 73, 256])
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_proves_who_asks_wherever_it_is_asked_for_again(
    ctx: Context, clock: Clock, script: str, length: int
) -> None:
    chosen = typed(script, length)
    person: Person = factories.person(ctx, password=chosen)
    me = {"owner_id": person.id, "session_id": signed_in(ctx, chosen)}
    clock.move(minutes=6)
    ctx.now = clock()
    for cut in (chosen[:-1], chosen[:1], chosen + "?"):
        with pytest.raises(IncorrectPassword):
            two_factor.begin(ctx, password=cut, **me)
    two_factor.begin(ctx, password=chosen, **me)
    for later in (
        lambda: email_changes.request(ctx, email="new@example.org", password=chosen, **me),
        lambda: exports.begin(ctx, password=chosen, **me),
        lambda: password_resets.change(ctx, current=chosen, new=PASSWORD, **me),
        lambda: deletions.schedule(ctx, password=PASSWORD, username="ada", **me),
    ):
        clock.move(minutes=6)
        ctx.now = clock()
        later()


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_too_long_to_be_one_is_simply_wrong(ctx: Context, script: str) -> None:
    factories.person(ctx)
    for length in (1, 257):
        with pytest.raises(IncorrectPassword):
            signed_in(ctx, typed(script, length))

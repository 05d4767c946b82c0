"""Changing the password in the settings: it needs the current one and signs the others out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import (
    AppError,
    IncorrectPassword,
    LinkExpired,
    NotSignedIn,
    ReauthenticationNeeded,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import password_resets
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import FakeMailer
from tests.races import contexts_at_once, named
from tests.services.accounts.test_password_resets import (
    NEW,
    PAGE,
    Slow,
    ask,
    deliver,
    is_alive,
    reset,
    sign_in,
    stored,
)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def change(
    runtime: Runtime, owner_id: str, session_id: str, new: object = NEW, current: object = PASSWORD
) -> None:
    with runtime.context() as ctx:
        password_resets.change(
            ctx, owner_id=owner_id, session_id=session_id, current=current, new=new
        )
    deliver(runtime)


@pytest.mark.parametrize("current", ["", None, {}, 7])
def test_the_current_password_is_asked_for_even_right_after_signing_in(
    runtime: Runtime, ada: Person, current: object
) -> None:
    with pytest.raises(ReauthenticationNeeded):
        change(runtime, ada.id, sign_in(runtime), current=current)
    sign_in(runtime)


def test_a_wrong_password_changes_nothing_and_five_are_enough(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    mine = sign_in(runtime)
    for _ in range(5):
        with pytest.raises(IncorrectPassword) as refusal:
            change(runtime, ada.id, mine, current="not the password")
        assert set(refusal.value.by_field()) == {"password"}
    with pytest.raises(TooManyAttempts):
        change(runtime, ada.id, mine)
    sign_in(runtime)
    assert mailer.letters == []


@pytest.mark.parametrize("new", ["", None, {}, "short", "x" * 257, "password1", "ada@example.com"])
def test_a_new_password_is_refused_under_its_own_field(
    runtime: Runtime, ada: Person, new: object
) -> None:
    with pytest.raises(AppError) as refusal:
        change(runtime, ada.id, sign_in(runtime), new)
    assert set(refusal.value.by_field()) == {"new_password"}
    sign_in(runtime)


def test_a_refusal_says_which_rule_was_broken(runtime: Runtime, ada: Person) -> None:
    for new, sentence in (("short", "Use at least 8 "), ("x" * 257, "Use at most 256 ")):
        with pytest.raises(AppError) as refusal:
            change(runtime, ada.id, sign_in(runtime), new)
        assert refusal.value.sentence.startswith(sentence)


def test_the_password_of_until_now_is_no_new_one(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    with pytest.raises(AppError) as refusal:
        change(runtime, ada.id, sign_in(runtime), PASSWORD)
    assert set(refusal.value.by_field()) == {"new_password"}
    assert mailer.letters == []


def test_other_browsers_are_signed_out_and_the_owner_is_told(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    mine, other = sign_in(runtime), sign_in(runtime)
    change(runtime, ada.id, mine)
    assert (is_alive(runtime, mine), is_alive(runtime, other)) == (True, False)
    assert mailer.letters[-1].subject == "Your anonmsg password was changed"
    assert mailer.letters[-1].to == ada.email
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, PASSWORD)
    assert is_alive(runtime, sign_in(runtime, NEW))


def test_a_link_from_before_is_dead(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    ask(runtime)
    link = mailer.last_link(PAGE)
    change(runtime, ada.id, sign_in(runtime))
    with pytest.raises(LinkExpired):
        reset(runtime, link, "purple ladder sings quietly")


def test_somebody_elses_sign_in_changes_nothing(runtime: Runtime, ada: Person) -> None:
    with runtime.context() as ctx:
        eve = factories.person(ctx, "eve")
    before = stored(runtime, eve)
    for owner_id, session_id in ((eve.id, sign_in(runtime)), ("gone", sign_in(runtime))):
        with pytest.raises(NotSignedIn):
            change(runtime, owner_id, session_id)
    assert stored(runtime, eve) == before


def test_a_change_that_was_under_way_does_not_undo_a_reset(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    mine = sign_in(runtime)
    ask(runtime)
    usual = runtime.keyring
    with runtime.context() as ctx:
        ctx.keyring = replace(usual, passwords=Slow(runtime, mailer.last_link(PAGE)))
        asked = {"owner_id": ada.id, "session_id": mine, "current": PASSWORD}
        with pytest.raises(NotSignedIn):
            password_resets.change(ctx, new="purple ladder sings quietly", **asked)
    sign_in(runtime, NEW)


def test_of_several_changes_at_once_one_wins(runtime: Runtime, ada: Person) -> None:
    mine = [sign_in(runtime, network=f"n{number}") for number in range(4)]
    chosen = [f"{NEW} number {number}" for number in range(4)]

    def one(ctx: Context, number: int) -> None:
        asked = {"session_id": mine[number], "current": PASSWORD, "new": chosen[number]}
        password_resets.change(ctx, owner_id=ada.id, **asked)

    outcomes = contexts_at_once(runtime, 4, one)
    assert outcomes.count(None) == 1
    assert named(outcomes, IncorrectPassword) + named(outcomes, NotSignedIn) == 3
    winner = outcomes.index(None)
    assert [is_alive(runtime, each) for each in mine] == [n == winner for n in range(4)]
    with runtime.context() as ctx:
        sign_ins.sign_in(ctx, identifier="ada", password=chosen[winner], network="last")

"""Who holds a username, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anonmsg.errors import AppError, UsernameTaken
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import usernames
from tests import factories
from tests.fakes import Clock
from tests.races import contexts_at_once, named

QUARTER = timedelta(minutes=15)


def hold(ctx: Context, sign_up_id: str, key: str = "ada") -> None:
    with ctx.writing():
        usernames.hold(ctx, key, sign_up_id=sign_up_id, until=ctx.now + QUARTER)


def is_free(ctx: Context, key: str = "ada", for_sign_up: str = "") -> bool:
    with ctx.reading():
        return usernames.is_free(ctx, key, for_sign_up=for_sign_up)


def test_a_persons_name_is_nobody_elses(ctx: Context) -> None:
    factories.person(ctx, "ada")
    assert not is_free(ctx)
    with pytest.raises(UsernameTaken):
        hold(ctx, "one")


def test_a_held_name_is_free_for_its_own_sign_up_alone(ctx: Context) -> None:
    hold(ctx, "one")
    assert not is_free(ctx)
    assert not is_free(ctx, for_sign_up="two")
    with pytest.raises(UsernameTaken):
        hold(ctx, "two")
    assert is_free(ctx, for_sign_up="one")
    hold(ctx, "one")


def test_a_hold_ends_by_itself(runtime: Runtime, ctx: Context, clock: Clock) -> None:
    hold(ctx, "one")
    clock.move(minutes=14, seconds=59)
    with runtime.context() as later, pytest.raises(UsernameTaken):
        hold(later, "two")
    clock.move(seconds=1)
    with runtime.context() as later:
        assert is_free(later)
        hold(later, "two")
        with pytest.raises(UsernameTaken):
            hold(later, "one")


def test_a_released_name_is_free_and_a_persons_is_never_released(ctx: Context) -> None:
    hold(ctx, "one")
    person = factories.person(ctx, "grace")
    with ctx.writing():
        usernames.give(ctx, "ada_2", sign_up_id="one", person_id=person.id)
        usernames.release(ctx, sign_up_id="one")
    assert is_free(ctx)
    assert not is_free(ctx, "ada_2")


def test_a_persons_name_has_no_end(runtime: Runtime, ctx: Context, clock: Clock) -> None:
    person = factories.person(ctx, "grace")
    hold(ctx, "one")
    with ctx.writing():
        usernames.give(ctx, "ada", sign_up_id="one", person_id=person.id)
        usernames.extend(ctx, sign_up_id="one", until=ctx.now + QUARTER)
    clock.move(days=1000)
    with runtime.context() as later, pytest.raises(UsernameTaken):
        hold(later, "one")


def test_a_name_that_another_holds_is_not_given(ctx: Context) -> None:
    person = factories.person(ctx, "grace")
    hold(ctx, "one")
    with pytest.raises(UsernameTaken), ctx.writing():
        usernames.give(ctx, "ada", sign_up_id="two", person_id=person.id)
    assert is_free(ctx, for_sign_up="one")


def test_what_another_has_taken_is_not_extended(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    hold(ctx, "one")
    clock.move(minutes=16)
    with runtime.context() as later:
        hold(later, "two")
        with later.writing():
            usernames.extend(later, sign_up_id="one", until=later.now + timedelta(days=1))
    clock.move(minutes=16)
    with runtime.context() as later:
        assert is_free(later)


def test_16_at_once_hold_a_name_once(runtime: Runtime) -> None:
    for number in range(30):
        outcomes = contexts_at_once(
            runtime, 16, lambda ctx, i, key=f"name_{number}": hold(ctx, f"sign-up-{i}", key)
        )
        assert outcomes.count(None) == 1
        assert named(outcomes, UsernameTaken) == 15
        assert all(isinstance(each, AppError) for each in outcomes if each is not None)

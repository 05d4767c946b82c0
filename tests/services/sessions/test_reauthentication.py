"""Reauthentication: ask for the password again if the last check is too old."""

from __future__ import annotations

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import (
    AppError,
    IncorrectPassword,
    NotSignedIn,
    ReauthenticationNeeded,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import reauthentication, sign_ins, token_pairs
from tests import factories
from tests.fakes import Clock
from tests.races import contexts_at_once


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
def here(ctx: Context, ada: Person) -> str:
    who = {"identifier": "ada", "password": factories.PASSWORD, "network": factories.NETWORK}
    return token_pairs.id_from_tokens(ctx, access=sign_ins.sign_in(ctx, **who).access, refresh="")


def test_for_five_minutes_nothing_is_asked(
    runtime: Runtime, ada: Person, here: str, clock: Clock
) -> None:
    asked = {"owner_id": ada.id, "session_id": here}
    clock.move(minutes=4, seconds=59)
    with runtime.context() as later:
        reauthentication.require(later, **asked, password="")
    clock.move(seconds=1)
    with runtime.context() as later:
        with pytest.raises(ReauthenticationNeeded):
            reauthentication.require(later, **asked, password="")
        reauthentication.require(later, **asked, password=factories.PASSWORD)
        reauthentication.require(later, **asked, password="")


def test_always_means_asking_however_recent_the_last_check(
    ctx: Context, ada: Person, here: str
) -> None:
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.require(ctx, owner_id=ada.id, session_id=here, password=None, always=True)


def test_a_wrong_one_is_refused_however_fresh_the_last_was(
    ctx: Context, ada: Person, here: str
) -> None:
    with pytest.raises(IncorrectPassword):
        reauthentication.require(ctx, owner_id=ada.id, session_id=here, password="wrong")


def test_a_hundred_wrong_ones_at_once_are_compared_five_times(
    runtime: Runtime, ctx: Context, ada: Person, here: str, clock: Clock
) -> None:
    def guess(each: Context, number: int) -> None:
        reauthentication.require(each, owner_id=ada.id, session_id=here, password=f"wrong {number}")

    outcomes = contexts_at_once(runtime, 100, guess)
    assert sum(isinstance(each, IncorrectPassword) for each in outcomes) == 5
    assert sum(isinstance(each, TooManyAttempts) for each in outcomes) == 95
    right = {"owner_id": ada.id, "session_id": here, "password": factories.PASSWORD}
    with pytest.raises(TooManyAttempts):
        reauthentication.require(ctx, **right)
    clock.move(minutes=15)
    with runtime.context() as later:
        reauthentication.require(later, **right)


def test_a_right_one_forgets_the_wrong_ones_before(ctx: Context, ada: Person, here: str) -> None:
    asked = {"owner_id": ada.id, "session_id": here}
    for _ in range(2):
        for _ in range(reauthentication.TRIES - 1):
            with pytest.raises(IncorrectPassword):
                reauthentication.require(ctx, **asked, password="wrong")
        reauthentication.require(ctx, **asked, password=factories.PASSWORD)


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_the_sign_in_of_somebody_else_proves_nothing(
    ctx: Context, ada: Person, here: str, whose: str
) -> None:
    grace = factories.person(ctx, "grace", password="another long sentence of hers")
    owner_id = grace.id if whose == "another" else "x"
    refusals: list[type[AppError]] = [NotSignedIn]
    with pytest.raises(tuple(refusals)):
        reauthentication.require(
            ctx, owner_id=owner_id, session_id=here, password=factories.PASSWORD
        )

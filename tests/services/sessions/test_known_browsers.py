"""Known browsers: a stranger can't lock an owner out of a browser they have signed in with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import IncorrectPassword, TooManyAttempts, UserNotFound
from anonmsg.runtime.context import Context
from anonmsg.services.sessions import known_browsers, sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx, "ada")


def sign_in(
    ctx: Context, browser: object = "", *, name: str = "ada", password: str = PASSWORD
) -> str:
    """Sign in from the network that all of these tests share; return what the browser keeps."""
    pair = sign_ins.sign_in(
        ctx, identifier=name, password=password, network=NETWORK, browser=browser
    )
    return pair.known_browser


def fail(ctx: Context, browser: object = "", *, times: int = 5, name: str = "ada") -> None:
    for _ in range(times):
        with pytest.raises(IncorrectPassword):
            sign_in(ctx, browser, name=name, password="wrong")


def ask_for_nobody(ctx: Context, clock: Clock) -> None:
    """Use up what a network may ask in a minute and in an hour."""
    for number in range(60):
        if number % 10 == 0:
            clock.move(minutes=2)
        with pytest.raises(UserNotFound):
            sign_in(ctx, name=f"nobody_{number}")


@pytest.mark.parametrize("name", ["ada", "ada@example.com"])
def test_failures_of_a_stranger_in_the_same_network_hold_no_known_browser_up(
    ctx: Context, ada: Person, name: str
) -> None:
    mine = sign_in(ctx)
    fail(ctx, name=name)
    with pytest.raises(TooManyAttempts):
        sign_in(ctx, name=name)
    assert sign_in(ctx, mine, name=name) == mine


def test_a_stranger_who_uses_up_the_networks_sign_ins_holds_no_known_browser_up(
    ctx: Context, ada: Person, clock: Clock
) -> None:
    mine = sign_in(ctx)
    clock.move(hours=3)
    ask_for_nobody(ctx, clock)
    with pytest.raises(TooManyAttempts):
        sign_in(ctx)
    sign_in(ctx, mine)


def test_a_known_browser_has_five_failures_too(ctx: Context, ada: Person) -> None:
    mine = sign_in(ctx)
    fail(ctx, mine)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            sign_in(ctx, mine)
    # Nor does it hold anybody else up.
    sign_in(ctx)


def made_up(kept: str) -> str:
    return kept[:-1] + ("0" if kept[-1] != "0" else "1")


def of_another_id(kept: str) -> str:
    return "x" * 22 + kept[22:]


@pytest.mark.parametrize("change", [made_up, of_another_id, str.upper, lambda kept: kept * 200])
def test_what_is_made_up_counts_as_the_network(
    ctx: Context, ada: Person, change: Callable[[str], str]
) -> None:
    kept = change(sign_in(ctx))
    fail(ctx)
    with pytest.raises(TooManyAttempts):
        sign_in(ctx, kept)


@pytest.mark.parametrize("kept", [None, {}, 7, "", "~" * 50, ".", "\x00", "é" * 9000])
def test_junk_counts_as_the_network(ctx: Context, ada: Person, kept: object) -> None:
    assert known_browsers.origin(ctx, "ada", kept=kept, network=NETWORK) == NETWORK
    assert sign_in(ctx, kept)


def test_a_browser_is_known_for_its_own_account_alone(ctx: Context, ada: Person) -> None:
    factories.person(ctx, "eve")
    eves = sign_in(ctx, name="eve")
    for name in ("ada", "ada@example.com", "nobody", "nobody@example.com"):
        assert known_browsers.origin(ctx, name, kept=eves, network=NETWORK) == NETWORK
    # So a free account gives no further guesses at another's password.
    fail(ctx)
    with pytest.raises(TooManyAttempts):
        sign_in(ctx, eves)


def test_no_browser_is_known_for_nobody(ctx: Context, ada: Person) -> None:
    digest = ctx.keyring.digests.of(known_browsers.PURPOSE, "", "x" * 22)
    kept = f"{'x' * 22}.{digest}"
    assert known_browsers.origin(ctx, "nobody", kept=kept, network=NETWORK) == NETWORK


def test_several_accounts_share_a_browser_and_the_last_five_are_known(
    ctx: Context, ada: Person
) -> None:
    names = [f"name_{number}" for number in range(6)]
    people = [factories.person(ctx, name) for name in names]
    kept = ""
    for person in people:
        kept = known_browsers.remember(ctx, person_id=person.id, kept=kept)
    assert len(kept.split("~")) == 5
    known = [
        known_browsers.origin(ctx, name, kept=kept, network=NETWORK) != NETWORK for name in names
    ]
    assert known == [False] + [True] * 5


def test_what_a_browser_keeps_names_nobody(ctx: Context, ada: Person) -> None:
    kept = sign_in(ctx)
    assert all(each not in kept.lower() for each in ("ada", ada.id.lower()))
    assert sign_in(ctx) != kept

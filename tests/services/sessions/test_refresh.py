"""Refresh tokens: rotation, the old token's grace minute, and what a copied one triggers."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import NotSignedIn
from anonmsg.mail.letters import Letter
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from anonmsg.services.sessions.token_pairs import TokenPair
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once


@pytest.fixture
def pair(ctx: Context) -> TokenPair:
    factories.person(ctx)
    return sign_in(ctx)


def sign_in(ctx: Context) -> TokenPair:
    return sign_ins.sign_in(ctx, identifier="ada", password=factories.PASSWORD, network="n")


def refresh(runtime: Runtime, token: str) -> TokenPair:
    with runtime.context() as ctx:
        return token_pairs.refresh(ctx, token=token)


def proved(runtime: Runtime, access: str = "", refresh: str = "") -> str:
    with runtime.context() as ctx:
        return token_pairs.id_from_tokens(ctx, access=access, refresh=refresh)


def generation(runtime: Runtime, token: str) -> int:
    return runtime.keyring.tokens.read_refresh(token, now=runtime.clock()).generation


def is_refused(runtime: Runtime, token: str) -> bool:
    try:
        refresh(runtime, token)
    except NotSignedIn:
        return True
    return False


def delivered(runtime: Runtime, mailer: FakeMailer) -> list[Letter]:
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass
    return mailer.letters


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é"])
def test_what_is_no_token_of_ours_refreshes_nothing(runtime: Runtime, token: str) -> None:
    assert is_refused(runtime, token)
    assert proved(runtime, token, token) == ""


def test_an_access_token_refreshes_nothing(runtime: Runtime, pair: TokenPair) -> None:
    assert is_refused(runtime, pair.access)
    assert proved(runtime, access=pair.refresh) == ""
    assert proved(runtime, refresh=pair.access) == ""


def test_a_token_of_no_row_is_refused(runtime: Runtime, ctx: Context) -> None:
    token = runtime.keyring.tokens.issue_refresh(
        session_id="x", generation=0, now=ctx.now, expires_at=ctx.now + token_pairs.REFRESH_LIVES
    )
    assert is_refused(runtime, token)


def test_each_use_makes_the_next_token(runtime: Runtime, pair: TokenPair) -> None:
    session_id = proved(runtime, refresh=pair.refresh)
    for expected in range(1, 5):
        pair = refresh(runtime, pair.refresh)
        assert generation(runtime, pair.refresh) == expected
        assert proved(runtime, access=pair.access) == session_id


def test_the_predecessor_works_for_a_minute_and_brings_the_same_successor(
    runtime: Runtime, pair: TokenPair, clock: Clock
) -> None:
    refresh(runtime, pair.refresh)
    for _ in range(3):
        clock.move(seconds=19)
        assert generation(runtime, refresh(runtime, pair.refresh).refresh) == 1
        assert proved(runtime, refresh=pair.refresh)
    clock.move(seconds=3)
    assert proved(runtime, refresh=pair.refresh) == ""
    assert is_refused(runtime, pair.refresh)


def test_the_predecessor_dies_when_its_successor_is_used(runtime: Runtime, pair: TokenPair) -> None:
    second = refresh(runtime, pair.refresh)
    third = refresh(runtime, second.refresh)
    assert proved(runtime, refresh=pair.refresh) == ""
    assert is_refused(runtime, pair.refresh)
    assert is_refused(runtime, third.refresh)


@pytest.mark.parametrize("seconds", [60, 3600])
def test_an_old_token_ends_the_family_and_the_owner_is_told_once(
    runtime: Runtime,
    ctx: Context,
    pair: TokenPair,
    clock: Clock,
    seconds: int,
    mailer: FakeMailer,
) -> None:
    other = sign_in(ctx)
    second = refresh(runtime, pair.refresh)
    clock.move(seconds=seconds)
    for _ in range(3):
        assert is_refused(runtime, pair.refresh)
        assert is_refused(runtime, second.refresh)
    assert proved(runtime, second.access, second.refresh) == ""
    assert len(delivered(runtime, mailer)) == 1
    assert mailer.letters[0].to == "ada@example.com"
    assert not is_refused(runtime, other.refresh)


def test_a_sign_in_that_is_not_used_dies_after_7_days(
    runtime: Runtime, pair: TokenPair, clock: Clock, mailer: FakeMailer
) -> None:
    assert pair.refresh_lives.days == 7
    clock.move(days=7)
    assert is_refused(runtime, pair.refresh)
    assert delivered(runtime, mailer) == []


def test_coming_back_within_7_days_is_still_signed_in_but_no_longer_than_30(
    runtime: Runtime, pair: TokenPair, clock: Clock
) -> None:
    for _ in range(4):
        clock.move(days=6, hours=23)
        pair = refresh(runtime, pair.refresh)
    assert pair.refresh_lives.total_seconds() == (2 * 24 + 4) * 3600
    clock.move(days=2, hours=3, minutes=59)
    pair = refresh(runtime, pair.refresh)
    assert pair.refresh_lives.total_seconds() == 60
    clock.move(minutes=1)
    assert is_refused(runtime, pair.refresh)
    assert proved(runtime, pair.access, pair.refresh) == ""


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_set_by_five_minutes_signs_nobody_out(
    runtime: Runtime, pair: TokenPair, clock: Clock, minutes: int
) -> None:
    clock.move(minutes=minutes)
    assert proved(runtime, access=pair.access)
    after = refresh(runtime, pair.refresh)
    clock.move(minutes=-minutes)
    assert proved(runtime, access=after.access)
    assert refresh(runtime, after.refresh)


def test_an_access_token_proves_only_a_living_row(
    runtime: Runtime, ctx: Context, pair: TokenPair, clock: Clock
) -> None:
    session_id = proved(runtime, access=pair.access)
    clock.move(minutes=15)
    assert proved(runtime, access=pair.access) == ""
    assert proved(runtime, pair.access, pair.refresh) == session_id
    with ctx.writing() as db:
        db.get_one(SignInSession, session_id).ended_at = ctx.now
    assert proved(runtime, pair.access, pair.refresh) == ""


def test_a_ban_and_a_deletion_end_every_sign_in(
    runtime: Runtime, ctx: Context, pair: TokenPair
) -> None:
    session_id = proved(runtime, access=pair.access)
    with ctx.writing() as db:
        person = db.exec(select(Person)).one()
        person.banned_at = ctx.now
    with pytest.raises(NotSignedIn):
        sessions.current(ctx, session_id=session_id)
    with ctx.writing() as db:
        db.delete(db.exec(select(Person)).one())
    assert proved(runtime, pair.access, pair.refresh) == ""
    assert is_refused(runtime, pair.refresh)


@pytest.mark.parametrize("session_id", ["", "x", "' OR 1=1 --"])
def test_nobody_is_behind_an_id_that_is_none(ctx: Context, session_id: str) -> None:
    with pytest.raises(NotSignedIn):
        sessions.current(ctx, session_id=session_id)


def test_two_tabs_that_refresh_at_once_stay_signed_in_100_times(
    runtime: Runtime, pair: TokenPair, mailer: FakeMailer
) -> None:
    for number in range(1, 101):
        token = pair.refresh

        def one(ctx: Context, _number: int, token: str = token) -> TokenPair:
            return token_pairs.refresh(ctx, token=token)

        outcomes = contexts_at_once(runtime, 2, one)
        pairs = [each for each in outcomes if isinstance(each, TokenPair)]
        assert [generation(runtime, each.refresh) for each in pairs] == [number, number]
        pair = pairs[number % 2]
    assert delivered(runtime, mailer) == []

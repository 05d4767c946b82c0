"""Signing in: who is told what, how often, and what an unverified person can do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from anonmsg.database.tables import Mail, Person, SignInSession
from anonmsg.errors import (
    AppError,
    IdentifierNeeded,
    IncorrectPassword,
    IncorrectTwoFactorCode,
    NotSignedIn,
    NotVerified,
    TooManyAttempts,
    TwoFactorCodeNeeded,
    UserNotFound,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups, verifications
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from anonmsg.services.sessions.token_pairs import TokenPair
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named


def sign_in(
    runtime: Runtime,
    identifier: object,
    password: object = factories.PASSWORD,
    network: str = "n",
    code: object = "",
) -> TokenPair:
    with runtime.context() as ctx:
        return sign_ins.sign_in(
            ctx, identifier=identifier, password=password, network=network, code=code
        )


def mails(runtime: Runtime) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(Mail)).all())


def begun(runtime: Runtime) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(SignInSession)).all())


@pytest.mark.parametrize("identifier", ["grace", "\0", "a" * 9000, "آدا"])
def test_a_username_that_nobody_has_is_said_to_be_unknown(
    runtime: Runtime, ctx: Context, identifier: object
) -> None:
    factories.person(ctx)
    with pytest.raises(UserNotFound):
        sign_in(runtime, identifier)


@pytest.mark.parametrize("identifier", ["", " ", "\n", None, 7, {}])
def test_a_sign_in_that_names_nobody_is_told_so_and_counts_as_none(
    runtime: Runtime, ctx: Context, identifier: object
) -> None:
    factories.person(ctx)
    for _ in range(11):
        with pytest.raises(IdentifierNeeded) as refused:
            sign_in(runtime, identifier)
    assert refused.value.by_field() == {"identifier": "Enter your email or username."}
    assert sign_in(runtime, "ada")


@pytest.mark.parametrize("identifier", ["grace@example.com", "@", "ada@", "ada@example.org"])
def test_an_unknown_address_is_answered_as_a_wrong_password(
    runtime: Runtime, ctx: Context, identifier: str
) -> None:
    factories.person(ctx)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, identifier)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, identifier, "nobody has this password", "n2")


@pytest.mark.parametrize("password", ["", None, 7, {}, factories.PASSWORD + " ", "x" * 5000])
@pytest.mark.parametrize("identifier", ["ada", "ada@example.com"])
def test_a_wrong_password_is_refused(
    runtime: Runtime, ctx: Context, identifier: str, password: object
) -> None:
    factories.person(ctx)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, identifier, password)


@pytest.mark.parametrize("identifier", ["ada", " ADA ", "ada@example.com", " Ada@EXAMPLE.com "])
def test_the_username_and_the_address_sign_in_in_any_case(
    runtime: Runtime, ctx: Context, identifier: str
) -> None:
    person = factories.person(ctx, "Ada")
    pair = sign_in(runtime, identifier)
    session_id = runtime.keyring.tokens.read_access(pair.access, now=ctx.now)
    assert sessions.current(ctx, session_id=session_id).owner_id == person.id


def test_a_password_in_another_normal_form_fits(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx, password="zébra violin kettle")
    assert sign_in(runtime, "ada", "ze\u0301bra violin kettle")


@pytest.mark.parametrize(
    ("identifier", "refusal"), [("ada", UserNotFound), ("ada@example.com", IncorrectPassword)]
)
def test_a_banned_person_is_unknown(
    runtime: Runtime, ctx: Context, identifier: str, refusal: type[AppError]
) -> None:
    person = factories.person(ctx)
    with ctx.writing() as db:
        db.get_one(Person, person.id).banned_at = ctx.now
    with pytest.raises(refusal):
        sign_in(runtime, identifier)


WRITTEN = [
    ("ada", "ADA", " ada", "Ada", "ada"),
    (
        "ada@example.com",
        "Ada@example.com",
        "ada@EXAMPLE.com",
        " ada@example.com",
        "ADA@example.com",
    ),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_five_failures_and_then_even_the_right_password_waits(
    runtime: Runtime, ctx: Context, clock: Clock, written: tuple[str, ...]
) -> None:
    factories.person(ctx)
    for identifier in written:
        with pytest.raises(IncorrectPassword):
            sign_in(runtime, identifier, "wrong")
    with pytest.raises(TooManyAttempts) as refusal:
        sign_in(runtime, written[0])
    assert refusal.value.sentence == "Too many attempts. Try again in 30 seconds."
    assert sign_in(runtime, written[0], network="another")
    clock.move(seconds=30)
    assert sign_in(runtime, written[0])


@pytest.mark.parametrize("written", WRITTEN)
def test_five_failures_also_block_an_unverified_sign_in(
    runtime: Runtime, ctx: Context, written: tuple[str, ...]
) -> None:
    factories.sign_up(ctx, "ada")
    for identifier in written:
        with pytest.raises(IncorrectPassword):
            sign_in(runtime, identifier, "wrong")
    with pytest.raises(TooManyAttempts):
        sign_in(runtime, written[0])


def test_failures_of_a_name_do_not_tell_whose_address_it_is(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx, "ada")
    factories.person(ctx, "bob")
    for _ in range(5):
        with pytest.raises(IncorrectPassword):
            sign_in(runtime, "ada", "wrong")
    for address in ("ada@example.com", "bob@example.com", "nobody@example.com"):
        with pytest.raises(IncorrectPassword):
            sign_in(runtime, address, "wrong")


def test_success_forgives_the_failures_before(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(IncorrectPassword):
                sign_in(runtime, "ada", "wrong")
        assert sign_in(runtime, "ada")


def test_a_network_has_ten_a_minute_whatever_the_name(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    for number in range(10):
        with pytest.raises(UserNotFound):
            sign_in(runtime, f"nobody_{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(runtime, "ada")
    assert sign_in(runtime, "ada", network="another")


def test_of_30_wrong_passwords_at_once_five_are_compared(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    factories.person(ctx)
    runtime.rate_limits = type(runtime.rate_limits)(factor=10, clock=clock.seconds)

    def guess(each: Context, _number: int) -> TokenPair:
        return sign_ins.sign_in(each, identifier="ada", password="wrong", network="n")

    outcomes = contexts_at_once(runtime, 30, guess)
    assert named(outcomes, IncorrectPassword) == 5
    assert named(outcomes, TooManyAttempts) == 25


def test_a_wrong_password_mails_an_unverified_person_nothing(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    factories.sign_up(ctx, "ada")
    clock.move(seconds=60)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, "ada", "wrong")
    assert mails(runtime) == 1


@pytest.mark.parametrize("identifier", ["ada", "ada@example.com"])
def test_an_unverified_person_gets_a_fresh_code_for_this_browser(
    runtime: Runtime, ctx: Context, clock: Clock, mailer: FakeMailer, identifier: str
) -> None:
    first = factories.sign_up(ctx, "ada")
    clock.move(hours=1)
    with pytest.raises(NotVerified) as refusal:
        sign_in(runtime, identifier)
    with runtime.context() as later:
        outbox.deliver_next(later)
        assert len(mailer.letters) == 2
        assert sign_ups.pending(later, browser=refusal.value.browser).mail == "sent"
        assert refusal.value.browser != first
        verifications.by_code(
            later, browser=refusal.value.browser, code=mailer.last_code(), network="n"
        )
    assert sign_in(runtime, identifier)


def test_within_a_minute_this_browser_may_enter_the_last_code(
    runtime: Runtime, ctx: Context, mailer: FakeMailer
) -> None:
    factories.sign_up(ctx, "ada")
    with pytest.raises(NotVerified) as refusal:
        sign_in(runtime, "ada")
    assert mails(runtime) == 1
    verifications.by_code(ctx, browser=refusal.value.browser, code=mailer.last_code(), network="n")


def test_8_sign_ins_at_once_mail_an_unverified_person_one_fresh_code(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    factories.sign_up(ctx, "ada")
    clock.move(seconds=60)

    def enter(each: Context, number: int) -> TokenPair:
        return sign_ins.sign_in(
            each, identifier="ada", password=factories.PASSWORD, network=f"n{number}"
        )

    assert named(contexts_at_once(runtime, 8, enter), NotVerified) == 8
    assert mails(runtime) == 2


def test_of_two_sign_ups_of_an_address_the_newest_answers_to_it_and_each_to_its_name(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    factories.sign_up(ctx, "ada", email="ada@example.com", password="zebra violin kettle moss")
    clock.move(seconds=1)
    with runtime.context() as later:
        word = "purple ladder sings twice"
        factories.sign_up(later, "eve", email="ada@example.com", password=word)
    clock.move(seconds=60)
    for identifier, password in (
        ("ada@example.com", "purple ladder sings twice"),
        ("eve", "purple ladder sings twice"),
        ("ada", "zebra violin kettle moss"),
    ):
        with pytest.raises(NotVerified):
            sign_in(runtime, identifier, password)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, "ada@example.com", "zebra violin kettle moss")


@pytest.mark.parametrize("identifier", ["ada", "ada@example.com"])
def test_the_password_alone_does_not_sign_in_where_a_code_is_wanted(
    runtime: Runtime, ctx: Context, clock: Clock, identifier: str
) -> None:
    app, codes = factories.two_factor(ctx, factories.person(ctx))
    for nothing in ("", None, " ", "-", {}):
        with pytest.raises(TwoFactorCodeNeeded):
            sign_in(runtime, identifier, code=nothing)
    for wrong in ("abcdef", "zzzz-zzzz"):
        with pytest.raises(IncorrectTwoFactorCode):
            sign_in(runtime, identifier, code=wrong)
    assert begun(runtime) == 0
    assert sign_in(runtime, identifier, code=app.at(clock.now))
    assert sign_in(runtime, identifier, code=codes[0])
    assert begun(runtime) == 2


def test_a_right_code_does_not_stand_in_for_the_password(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    app, codes = factories.two_factor(ctx, factories.person(ctx))
    for code in ("", "zzzz-zzzz", app.at(clock.now), codes[0]):
        with pytest.raises(IncorrectPassword):
            sign_in(runtime, "ada", "not hers", code=code)
    # Neither code was used up.
    assert sign_in(runtime, "ada", code=app.at(clock.now))
    assert sign_in(runtime, "ada", code=codes[0])


def test_a_code_changes_nothing_where_none_is_wanted(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    assert sign_in(runtime, "ada", code="zzzz-zzzz")


def test_wrong_codes_have_a_count_of_their_own_and_its_time_is_the_true_one(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    app, _codes = factories.two_factor(ctx, factories.person(ctx))
    for _ in range(6):
        with pytest.raises(TwoFactorCodeNeeded):
            sign_in(runtime, "ada")
    clock.move(minutes=1)
    runtime.rate_limits = type(runtime.rate_limits)(clock=clock.seconds)
    for _ in range(5):
        with pytest.raises(IncorrectTwoFactorCode):
            sign_in(runtime, "ada", code="zzzz-zzzz")
    with pytest.raises(TooManyAttempts) as refusal:
        sign_in(runtime, "ada", code=app.at(clock.now))
    assert refusal.value.sentence == "Too many attempts. Try again in 15 minutes."
    clock.move(minutes=15)
    runtime.rate_limits = type(runtime.rate_limits)(clock=clock.seconds)
    assert sign_in(runtime, "ada", code=app.at(clock.now))


def test_another_network_has_no_five_tries_of_its_own_at_the_code(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    app, codes = factories.two_factor(ctx, factories.person(ctx))
    for number in range(5):
        with pytest.raises(TwoFactorCodeNeeded):
            sign_in(runtime, "ada", network=f"n{number}")
        with pytest.raises(IncorrectTwoFactorCode):
            sign_in(runtime, "ada", network=f"n{number}", code="zzzz-zzzz")
    for right in (app.at(clock.now), codes[0]):
        with pytest.raises(TooManyAttempts) as refusal:
            sign_in(runtime, "ada", network="another", code=right)
        assert refusal.value.sentence == "Too many attempts. Try again in 15 minutes."
    clock.move(minutes=15)
    assert sign_in(runtime, "ada", network="another", code=app.at(clock.now))


def test_coming_back_during_a_deletion_takes_the_code_too(
    runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    person = factories.person(ctx)
    app, _codes = factories.two_factor(ctx, person)
    with ctx.writing() as db:
        db.get_one(Person, person.id).leaves_at = ctx.now + timedelta(days=30)
    with pytest.raises(TwoFactorCodeNeeded):
        sign_in(runtime, "ada")
    with ctx.reading() as db:
        assert db.get_one(Person, person.id).leaves_at is not None
    assert sign_in(runtime, "ada", code=app.at(clock.now))
    with ctx.reading() as db:
        assert db.get_one(Person, person.id).leaves_at is not None


def test_signing_out_ends_the_sign_in_and_no_other(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    pairs = [sign_in(runtime, "ada") for _ in range(2)]
    ids = [runtime.keyring.tokens.read_access(pair.access, now=ctx.now) for pair in pairs]
    sessions.sign_out(ctx, session_id=ids[0])
    sessions.sign_out(ctx, session_id="never was")
    with pytest.raises(NotSignedIn):
        sessions.current(ctx, session_id=ids[0])
    assert token_pairs.id_from_tokens(ctx, access=pairs[0].access, refresh=pairs[0].refresh) == ""
    assert sessions.current(ctx, session_id=ids[1]).username == "ada"

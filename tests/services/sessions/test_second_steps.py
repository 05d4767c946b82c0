"""The second step by its proof: the code alone, soon after the password, and only then."""

from __future__ import annotations

import base64
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select, update

from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import (
    AccountLeaving,
    IncorrectTwoFactorCode,
    SecondStep,
    SecondStepTooLate,
    TooManyAttempts,
    TwoFactorCodeNeeded,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import second_steps, sessions, sign_ins
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
def app(ctx: Context, ada: Person) -> pyotp.TOTP:
    return factories.two_factor(ctx, ada)[0]


def proof_of(runtime: Runtime, name: str = "ada") -> str:
    """What a right password alone is answered with."""
    with runtime.context() as ctx, pytest.raises(TwoFactorCodeNeeded) as refused:
        sign_ins.sign_in(ctx, identifier=name, password=PASSWORD, network="n")
    return refused.value.proof


def finish(runtime: Runtime, proof: object, code: object, network: str = "m") -> object:
    with runtime.context() as ctx:
        return sign_ins.sign_in_by_code(ctx, proof=proof, code=code, network=network)


def begun(ctx: Context) -> int:
    with ctx.reading() as db:
        return len(db.exec(select(SignInSession)).all())


@pytest.mark.parametrize("proof", ["", "x", "A" * 400, "A" * 9000, "\u00e9", None, 7, {}])
def test_what_is_no_proof_signs_nobody_in(
    runtime: Runtime, ctx: Context, app: pyotp.TOTP, clock: Clock, proof: object
) -> None:
    with pytest.raises(SecondStepTooLate):
        finish(runtime, proof, app.at(clock.now))
    assert begun(ctx) == 0


def test_another_seal_of_the_site_is_no_proof(
    runtime: Runtime, ctx: Context, app: pyotp.TOTP, clock: Clock
) -> None:
    plain = base64.urlsafe_b64decode(proof_of(runtime))
    told = ctx.keyring.seal.open(plain, bound_to=second_steps.BOUND_TO)
    for bound_to in ("second factor", ""):
        sealed = ctx.keyring.seal.close(told, bound_to=bound_to)
        with pytest.raises(SecondStepTooLate):
            finish(runtime, base64.urlsafe_b64encode(sealed).decode(), app.at(clock.now))


def test_a_proof_lives_for_five_minutes(
    runtime: Runtime, ctx: Context, app: pyotp.TOTP, clock: Clock
) -> None:
    proof = proof_of(runtime)
    clock.move(minutes=4, seconds=59)
    assert finish(runtime, proof, app.at(clock.now))
    clock.move(seconds=1)
    with pytest.raises(SecondStepTooLate):
        finish(runtime, proof, app.at(clock.now))


def test_a_proof_dies_with_the_password_and_with_the_person(
    runtime: Runtime, ctx: Context, ada: Person, app: pyotp.TOTP, clock: Clock
) -> None:
    proof = proof_of(runtime)
    for values in ({"password_hash": ctx.passwords.hash("another one")}, {"banned_at": ctx.now}):
        with ctx.writing() as db:
            row = db.get_one(Person, ada.id)
            before = {name: getattr(row, name) for name in values}
            for name, value in values.items():
                setattr(row, name, value)
        with pytest.raises(SecondStepTooLate):
            finish(runtime, proof, app.at(clock.now))
        with ctx.writing() as db:
            for name, value in before.items():
                setattr(db.get_one(Person, ada.id), name, value)
    assert begun(ctx) == 0
    assert finish(runtime, proof, app.at(clock.now))


def test_a_proof_alone_opens_nothing_and_its_guesses_are_counted(
    runtime: Runtime, ctx: Context, app: pyotp.TOTP, clock: Clock
) -> None:
    proof = proof_of(runtime)
    with pytest.raises(TwoFactorCodeNeeded):
        finish(runtime, proof, "")
    for n in range(5):
        with pytest.raises(IncorrectTwoFactorCode):
            finish(runtime, proof, "zzzz-zzzz", network=f"n{n}")
    with pytest.raises(TooManyAttempts):
        finish(runtime, proof, app.at(clock.now), network="n6")
    assert begun(ctx) == 0


def test_it_calls_no_deletion_off(
    runtime: Runtime, ctx: Context, app: pyotp.TOTP, clock: Clock
) -> None:
    leaves_at = ctx.now + timedelta(days=7)
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=leaves_at))
    finish(runtime, proof_of(runtime), app.at(clock.now))
    assert begun(ctx) == 1
    with ctx.reading() as db:
        session_id = db.exec(select(SignInSession.id)).one()
        assert db.exec(select(Person.leaves_at)).all() == [leaves_at]
    with pytest.raises(AccountLeaving):
        sessions.current(ctx, session_id=session_id)


def test_each_refusal_renews_the_proof(runtime: Runtime, app: pyotp.TOTP, clock: Clock) -> None:
    proof = proof_of(runtime)
    clock.move(minutes=4)
    with pytest.raises(SecondStep) as refused:
        finish(runtime, proof, "zzzz-zzzz")
    clock.move(minutes=4)
    assert finish(runtime, refused.value.proof, app.at(clock.now))


def test_a_network_tries_as_often_as_it_may_sign_in(runtime: Runtime, app: pyotp.TOTP) -> None:
    for _ in range(10):
        with pytest.raises(SecondStepTooLate):
            finish(runtime, "x", "000000")
    with pytest.raises(TooManyAttempts):
        finish(runtime, "x", "000000")

"""Two-factor: set up, required, used once, turned off, and which emails are sent."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlmodel import select

from anonmsg import rules
from anonmsg.database.tables import Person, RecoveryCode, SignInSession
from anonmsg.errors import (
    IncorrectPassword,
    IncorrectTwoFactorCode,
    NotSignedIn,
    ReauthenticationNeeded,
    TooManyAttempts,
    TwoFactorChanged,
    TwoFactorCodeNeeded,
)
from anonmsg.public import TwoFactor
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.codes import UNMISTAKABLE
from anonmsg.services import outbox
from anonmsg.services.sessions import sign_ins, two_factor
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named

# RFC 6238, appendix B: SHA-1, the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.fixture
def me(ctx: Context) -> dict[str, str]:
    """Ada, and the browser where she has just signed in."""
    return signed_in(ctx, factories.person(ctx))


def signed_in(ctx: Context, person: Person) -> dict[str, str]:
    """Sign someone in with another browser; return it as a use case's arguments."""
    pair = sign_ins.sign_in(
        ctx, identifier=person.username, password=factories.PASSWORD, network=f"n{ctx.now}"
    )
    session_id = ctx.keyring.tokens.read_access(pair.access, now=ctx.now)
    return {"owner_id": person.id, "session_id": session_id}


def row(ctx: Context, owner_id: str) -> Person:
    with ctx.reading() as db:
        return db.get_one(Person, owner_id)


def digests(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return list(db.exec(select(RecoveryCode.digest)).all())


def turned_on(ctx: Context, me: dict[str, str]) -> tuple[pyotp.TOTP, list[str]]:
    """Turn two-factor on; return the authenticator app and the recovery codes."""
    app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    return app, two_factor.turn_on(ctx, **me, code=app.at(ctx.now))


def check(runtime: Runtime, owner_id: str, code: object) -> None:
    with runtime.context() as ctx:
        two_factor.check(ctx, row(ctx, owner_id), code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def wrong_at(app: pyotp.TOTP, ctx: Context) -> str:
    """Six digits that don't match any code around this time."""
    step = app.timecode(ctx.now)
    near = {app.generate_otp(step + drift) for drift in range(-4, 5)}
    return next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in near)


def subjects(ctx: Context, mailer: FakeMailer) -> list[str]:
    while outbox.deliver_next(ctx):
        pass
    return [letter.subject for letter in mailer.letters]


def test_setting_up_needs_the_password_unless_it_was_checked_recently(
    runtime: Runtime, me: dict[str, str], clock: Clock
) -> None:
    clock.move(minutes=5)
    with runtime.context() as ctx:
        with pytest.raises(ReauthenticationNeeded):
            two_factor.begin(ctx, **me)
        with pytest.raises(IncorrectPassword):
            two_factor.begin(ctx, **me, password="not hers")
        assert row(ctx, me["owner_id"]).totp_sealed is None
        assert two_factor.begin(ctx, **me, password=factories.PASSWORD).secret


def test_somebody_elses_sign_in_sets_nothing_up(ctx: Context, me: dict[str, str]) -> None:
    eve = signed_in(ctx, factories.person(ctx, "eve"))
    with pytest.raises(NotSignedIn):
        two_factor.begin(ctx, owner_id=me["owner_id"], session_id=eve["session_id"])


def test_the_setup_is_what_an_authenticator_app_reads(ctx: Context, me: dict[str, str]) -> None:
    setup = two_factor.begin(ctx, **me)
    read = pyotp.parse_uri(setup.link)
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (setup.secret, "ada", "anonmsg")
    assert (read.digits, read.interval, len(setup.secret)) == (6, 30, 32)


def test_the_secret_lies_sealed_in_its_owners_row_and_opens_in_no_other(
    ctx: Context, me: dict[str, str]
) -> None:
    app, _codes = turned_on(ctx, me)
    eve = factories.person(ctx, "eve")
    hers = row(ctx, me["owner_id"])
    assert app.secret.encode() not in (hers.totp_sealed or b"")
    with ctx.writing() as db:
        moved = db.get_one(Person, eve.id)
        moved.totp_sealed, moved.totp_on_at = hers.totp_sealed, hers.totp_on_at
    with pytest.raises(Exception, match="cannot be opened"):
        two_factor.check(ctx, row(ctx, eve.id), app.at(ctx.now))


def test_what_was_only_begun_asks_nobody_for_a_code(ctx: Context, me: dict[str, str]) -> None:
    two_factor.begin(ctx, **me)
    assert two_factor.state(ctx, owner_id=me["owner_id"]) == TwoFactor(is_on=False, codes_left=0)
    two_factor.check(ctx, row(ctx, me["owner_id"]), "")


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("", TwoFactorCodeNeeded),
        (None, TwoFactorCodeNeeded),
        ({}, TwoFactorCodeNeeded),
        ("12345", IncorrectTwoFactorCode),
        ("١٢٣٤٥", IncorrectTwoFactorCode),
        ("k3f9-2m7", IncorrectTwoFactorCode),
        ("1" * 5000, IncorrectTwoFactorCode),
    ],
)
def test_what_is_no_code_is_refused_and_costs_no_try(
    ctx: Context, me: dict[str, str], code: object, refusal: type[Exception]
) -> None:
    app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    for _ in range(6):
        with pytest.raises(refusal):
            two_factor.turn_on(ctx, **me, code=code)
    two_factor.turn_on(ctx, **me, code=app.at(ctx.now))
    for _ in range(6):
        with pytest.raises(refusal):
            two_factor.check(ctx, row(ctx, me["owner_id"]), code)


def test_a_wrong_code_turns_nothing_on(
    ctx: Context, me: dict[str, str], mailer: FakeMailer
) -> None:
    app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    for _ in range(5):
        with pytest.raises(IncorrectTwoFactorCode):
            two_factor.turn_on(ctx, **me, code=wrong_at(app, ctx))
    with pytest.raises(TooManyAttempts):
        two_factor.turn_on(ctx, **me, code=app.at(ctx.now))
    assert not two_factor.state(ctx, owner_id=me["owner_id"]).is_on
    assert subjects(ctx, mailer) == []


def test_the_code_of_an_earlier_secret_turns_nothing_on(ctx: Context, me: dict[str, str]) -> None:
    first = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    second = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    assert first.at(ctx.now) != second.at(ctx.now)
    with pytest.raises(IncorrectTwoFactorCode):
        two_factor.turn_on(ctx, **me, code=first.at(ctx.now))
    assert two_factor.turn_on(ctx, **me, code=second.at(ctx.now))


def test_what_one_browser_began_is_not_turned_on_in_another(
    ctx: Context, me: dict[str, str]
) -> None:
    other = signed_in(ctx, row(ctx, me["owner_id"]))
    app = pyotp.TOTP(two_factor.begin(ctx, **other).secret)
    with pytest.raises(TwoFactorChanged):
        two_factor.turn_on(ctx, **me, code=app.at(ctx.now))
    assert two_factor.turn_on(ctx, **other, code=app.at(ctx.now))


def test_nothing_is_turned_on_that_was_not_begun(ctx: Context, me: dict[str, str]) -> None:
    with pytest.raises(TwoFactorChanged):
        two_factor.turn_on(ctx, **me, code="123456")
    with pytest.raises(TwoFactorChanged):
        two_factor.new_recovery_codes(ctx, **me)
    with pytest.raises(TwoFactorChanged):
        two_factor.turn_off(ctx, **me, password=factories.PASSWORD)


def test_turning_on_gives_ten_codes_of_which_only_digests_are_kept_and_mails_its_owner(
    ctx: Context, me: dict[str, str], mailer: FakeMailer
) -> None:
    app, codes = turned_on(ctx, me)
    assert len(set(codes)) == 10
    letters = "".join(sorted(set(UNMISTAKABLE)))
    assert all(re.fullmatch(f"[{letters}]{{4}}-[{letters}]{{4}}", code) for code in codes)
    assert two_factor.state(ctx, owner_id=me["owner_id"]) == TwoFactor(is_on=True, codes_left=10)
    kept = " ".join(digests(ctx))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert subjects(ctx, mailer) == ["Two-factor sign-in is on"]
    told = mailer.letters[0]
    assert told.to == "ada@example.com"
    assert not any(secret in told.text for secret in [app.secret, *codes])


def test_what_is_on_is_neither_set_up_nor_turned_on_again(ctx: Context, me: dict[str, str]) -> None:
    app, _codes = turned_on(ctx, me)
    before = row(ctx, me["owner_id"]).totp_sealed
    with pytest.raises(TwoFactorChanged):
        two_factor.begin(ctx, **me)
    with pytest.raises(TwoFactorChanged):
        two_factor.turn_on(ctx, **me, code=app.at(ctx.now))
    assert row(ctx, me["owner_id"]).totp_sealed == before


def test_turning_on_many_times_at_once_turns_on_once(
    runtime: Runtime, ctx: Context, me: dict[str, str], mailer: FakeMailer
) -> None:
    app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    code = app.at(ctx.now)
    outcomes = contexts_at_once(
        runtime, 4, lambda each, _number: two_factor.turn_on(each, **me, code=code)
    )
    assert sum(isinstance(each, list) for each in outcomes) == 1
    assert named(outcomes, TwoFactorChanged) == 3
    assert len(digests(ctx)) == 10
    assert subjects(ctx, mailer) == ["Two-factor sign-in is on"]


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_codes_are_those_of_the_rfc(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock, seconds: int, code: str
) -> None:
    _turn_on_with(ctx, me["owner_id"], RFC_SECRET)
    clock.now = clock.now.fromtimestamp(seconds, tz=clock.now.tzinfo)
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, me["owner_id"], wrong(code))
    check(runtime, me["owner_id"], code)


def _turn_on_with(ctx: Context, owner_id: str, secret: str) -> None:
    sealed = ctx.keyring.seal.close(secret.encode(), bound_to=f"second factor of {owner_id}")
    with ctx.writing() as db:
        person = db.get_one(Person, owner_id)
        person.totp_sealed, person.totp_on_at = sealed, ctx.now


@pytest.mark.parametrize("written", ["{0}{1}", "{0} {1}", " {0}-{1} "])
def test_a_code_may_be_typed_with_spaces(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock, written: str
) -> None:
    app, _codes = turned_on(ctx, me)
    code = app.at(clock.move(seconds=30))
    check(runtime, me["owner_id"], written.format(code[:3], code[3:]))


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_clock_half_a_minute_off_is_near_enough(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock, drift: int
) -> None:
    app, _codes = turned_on(ctx, me)
    now = clock.move(minutes=10)
    check(runtime, me["owner_id"], app.at(int(now.timestamp()) + drift))


@pytest.mark.parametrize("drift", [-300, -60, 60, 300])
def test_a_clock_a_minute_or_more_off_is_not(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock, drift: int
) -> None:
    _turn_on_with(ctx, me["owner_id"], RFC_SECRET)
    now = clock.move(minutes=10)
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, me["owner_id"], pyotp.TOTP(RFC_SECRET).at(int(now.timestamp()) + drift))


def test_the_code_that_turned_it_on_signs_nobody_in(
    runtime: Runtime, ctx: Context, me: dict[str, str]
) -> None:
    app, _codes = turned_on(ctx, me)
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, me["owner_id"], app.at(ctx.now))


def test_a_code_works_once_and_none_before_it_works_after_it(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock
) -> None:
    app, _codes = turned_on(ctx, me)
    now = int(clock.move(minutes=10).timestamp())
    check(runtime, me["owner_id"], app.at(now))
    for used_up in (app.at(now), app.at(now - 30)):
        with pytest.raises(IncorrectTwoFactorCode):
            check(runtime, me["owner_id"], used_up)
    clock.move(seconds=30)
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, me["owner_id"], app.at(now))
    check(runtime, me["owner_id"], app.at(now + 30))


def test_the_same_code_many_times_at_once_is_taken_once(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock
) -> None:
    app, _codes = turned_on(ctx, me)
    code = app.at(clock.move(minutes=10))
    person = row(ctx, me["owner_id"])
    outcomes = contexts_at_once(
        runtime, 5, lambda each, _number: two_factor.check(each, person, code)
    )
    assert outcomes.count(None) == 1
    assert named(outcomes, IncorrectTwoFactorCode) == 4


def test_of_100_wrong_codes_at_once_five_are_compared(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock
) -> None:
    app, _codes = turned_on(ctx, me)
    clock.move(minutes=10)
    person = row(ctx, me["owner_id"])
    with runtime.context() as later:
        code = wrong_at(app, later)
    outcomes = contexts_at_once(
        runtime, 100, lambda each, _number: two_factor.check(each, person, code)
    )
    assert named(outcomes, IncorrectTwoFactorCode) == 5
    assert named(outcomes, TooManyAttempts) == 95


def test_after_five_wrong_codes_the_right_one_waits_a_quarter_of_an_hour(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock
) -> None:
    app, codes = turned_on(ctx, me)
    clock.move(minutes=10)
    for _ in range(5):
        with pytest.raises(IncorrectTwoFactorCode):
            check(runtime, me["owner_id"], "zzzz-zzzz")
    for right in (app.at(clock.now), codes[0]):
        with pytest.raises(TooManyAttempts) as refusal:
            check(runtime, me["owner_id"], right)
        assert refusal.value.sentence == "Too many attempts. Try again in 15 minutes."
    clock.move(minutes=15)
    check(runtime, me["owner_id"], app.at(clock.now))


def test_a_right_code_forgets_the_wrong_ones_before(
    runtime: Runtime, ctx: Context, me: dict[str, str], clock: Clock
) -> None:
    app, _codes = turned_on(ctx, me)
    for _ in range(2):
        clock.move(seconds=60)
        for _ in range(4):
            with pytest.raises(IncorrectTwoFactorCode):
                check(runtime, me["owner_id"], "zzzz-zzzz")
        check(runtime, me["owner_id"], app.at(clock.now))


def test_a_recovery_code_works_once_however_it_is_written(
    runtime: Runtime, ctx: Context, me: dict[str, str]
) -> None:
    _app, codes = turned_on(ctx, me)
    by_hand = str.maketrans("01", "OL")
    written = [codes[0], codes[1].upper(), codes[2].replace("-", " "), codes[3].translate(by_hand)]
    for number, code in enumerate(written):
        check(runtime, me["owner_id"], code)
        assert two_factor.state(ctx, owner_id=me["owner_id"]).codes_left == 9 - number
        with pytest.raises(IncorrectTwoFactorCode):
            check(runtime, me["owner_id"], code)


def test_a_recovery_code_many_times_at_once_is_taken_once(
    runtime: Runtime, ctx: Context, me: dict[str, str]
) -> None:
    _app, codes = turned_on(ctx, me)
    person = row(ctx, me["owner_id"])
    outcomes = contexts_at_once(
        runtime, 5, lambda each, _number: two_factor.check(each, person, codes[0])
    )
    assert outcomes.count(None) == 1
    assert named(outcomes, IncorrectTwoFactorCode) == 4
    assert len(digests(ctx)) == 9


def test_a_recovery_code_of_somebody_else_is_none(runtime: Runtime, ctx: Context) -> None:
    ada, eve = (signed_in(ctx, factories.person(ctx, name)) for name in ("ada", "eve"))
    _app, codes = turned_on(ctx, ada)
    turned_on(ctx, eve)
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, eve["owner_id"], codes[0])
    check(runtime, ada["owner_id"], codes[0])


def test_new_recovery_codes_need_the_password_and_end_the_old_ones(
    runtime: Runtime, me: dict[str, str], clock: Clock, mailer: FakeMailer, ctx: Context
) -> None:
    _app, old = turned_on(ctx, me)
    clock.move(minutes=5)
    with runtime.context() as later:
        with pytest.raises(ReauthenticationNeeded):
            two_factor.new_recovery_codes(later, **me)
        new = two_factor.new_recovery_codes(later, **me, password=factories.PASSWORD)
        assert subjects(later, mailer) == [
            "Two-factor sign-in is on",
            "You have new recovery codes",
        ]
    assert len(digests(ctx)) == 10
    with pytest.raises(IncorrectTwoFactorCode):
        check(runtime, me["owner_id"], old[0])
    check(runtime, me["owner_id"], new[0])


def test_new_recovery_codes_twice_at_once_are_ten(
    runtime: Runtime, ctx: Context, me: dict[str, str]
) -> None:
    turned_on(ctx, me)
    contexts_at_once(runtime, 3, lambda each, _number: two_factor.new_recovery_codes(each, **me))
    assert len(digests(ctx)) == 10


@pytest.mark.parametrize(
    ("password", "refusal"),
    [("", ReauthenticationNeeded), (None, ReauthenticationNeeded), ("x", IncorrectPassword)],
)
def test_turning_off_asks_for_the_password_however_fresh_the_last_proof(
    ctx: Context, me: dict[str, str], password: object, refusal: type[Exception]
) -> None:
    turned_on(ctx, me)
    with pytest.raises(refusal):
        two_factor.turn_off(ctx, **me, password=password)
    assert two_factor.state(ctx, owner_id=me["owner_id"]).is_on


def test_turning_off_leaves_neither_secret_nor_code_and_mails_its_owner(
    ctx: Context, me: dict[str, str], mailer: FakeMailer
) -> None:
    turned_on(ctx, me)
    two_factor.turn_off(ctx, **me, password=factories.PASSWORD)
    person = row(ctx, me["owner_id"])
    assert (person.totp_sealed, person.totp_step, person.totp_on_at) == (None, 0, None)
    assert digests(ctx) == []
    assert subjects(ctx, mailer) == ["Two-factor sign-in is on", "Two-factor sign-in is off"]
    two_factor.check(ctx, person, "")
    turned_on(ctx, me)


def test_other_browsers_stay_signed_in(ctx: Context, me: dict[str, str]) -> None:
    other = signed_in(ctx, row(ctx, me["owner_id"]))
    turned_on(ctx, me)
    with ctx.reading() as db:
        assert db.get_one(SignInSession, other["session_id"]).ended_at is None


def test_an_account_that_is_gone_has_no_two_factor(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        two_factor.state(ctx, owner_id="gone")


def test_every_recovery_code_passes_the_rule_for_what_is_typed(
    ctx: Context, me: dict[str, str]
) -> None:
    _app, codes = turned_on(ctx, me)
    assert [rules.two_factor_code(code) for code in codes] == [c.replace("-", "") for c in codes]

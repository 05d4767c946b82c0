"""After someone temporarily got hold of a session or a password, the owner gets everything back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pyotp
import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import (
    AppError,
    EmailTaken,
    IncorrectPassword,
    LinkExpired,
    NotSignedIn,
    ReauthenticationNeeded,
    TooManyAttempts,
    TwoFactorCodeNeeded,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.passwords import Passwords
from anonmsg.services import outbox
from anonmsg.services.accounts import deletions, email_changes, exports, password_resets
from anonmsg.services.sessions import sessions, sign_ins, two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer

NEW = "moss kettle violin zebra"
EVIL = "evil@example.org"
Me = dict[str, str]
# Actions that ask for the password again, and what each would do to the account.
STEP_UPS: list[Callable[[Context, Me, str], Any]] = [
    lambda ctx, me, word: email_changes.request(ctx, **me, email=EVIL, password=word),
    lambda ctx, me, word: two_factor.begin(ctx, **me, password=word),
    lambda ctx, me, word: two_factor.turn_off(ctx, **me, password=word),
    lambda ctx, me, word: two_factor.new_recovery_codes(ctx, **me, password=word),
    lambda ctx, me, word: deletions.schedule(ctx, **me, password=word, username="ada"),
    lambda ctx, me, word: password_resets.change(
        ctx, **me, current=word, new="purple ladder sings"
    ),
]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


class Slow(Passwords):
    """Compares, then waits until it's allowed to continue."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime.settings.pepper.get_secret_value(), cost=4)
        self.is_compared, self.may_go_on = Event(), Event()

    def fits(self, password: str, stored: str | None) -> bool:
        found = super().fits(password, stored)
        self.is_compared.set()
        assert self.may_go_on.wait(10)
        return found


def signed_in(ctx: Context, code: str = "") -> Me:
    """A browser signed in as ada, by her or by someone with her password."""
    asked = {"identifier": "ada", "password": PASSWORD, "network": NETWORK, "code": code}
    pair = sign_ins.sign_in(ctx, **asked)
    session_id = ctx.keyring.tokens.read_access(pair.access, now=ctx.now)
    return {"owner_id": sessions.current(ctx, session_id=session_id).owner_id} | {
        "session_id": session_id
    }


def link(ctx: Context, mailer: FakeMailer, page: str) -> str:
    while outbox.deliver_next(ctx):
        pass
    return mailer.last_link(page)


def stored(runtime: Runtime, owner: Person) -> Person:
    with runtime.context() as ctx, ctx.reading() as db:
        return db.get_one(Person, owner.id)


def change_address(ctx: Context, mailer: FakeMailer, me: Me, to: str) -> str:
    """Change the email and return the link that lets the old address undo it."""
    email_changes.request(ctx, **me, email=to)
    email_changes.confirm(ctx, link=link(ctx, mailer, "confirm-email"), network=NETWORK)
    return link(ctx, mailer, "undo-email")


@pytest.fixture
def changed_twice(
    runtime: Runtime, ada: Person, mailer: FakeMailer, clock: Clock
) -> tuple[str, str]:
    """The undo links of the owner and of an attacker who changed the email twice."""
    with runtime.context() as ctx:
        me = signed_in(ctx)
        owners = change_address(ctx, mailer, me, "b@evil.example")
    clock.move(minutes=1)
    with runtime.context() as ctx:
        others = change_address(ctx, mailer, me, "c@evil.example")
    clock.move(minutes=1)
    return owners, others


def test_no_undo_of_a_later_address_undoes_the_owners_way_back(
    runtime: Runtime, ada: Person, changed_twice: tuple[str, str]
) -> None:
    owners, others = changed_twice
    with runtime.context() as ctx:
        email_changes.undo(ctx, link=others, network=NETWORK)
    with runtime.context() as ctx:
        email_changes.undo(ctx, link=owners, network=NETWORK)
        with pytest.raises(LinkExpired):
            email_changes.undo(ctx, link=others, network=NETWORK)
    assert stored(runtime, ada).email == ada.email


def test_the_owners_undo_ends_every_later_way(
    runtime: Runtime, ada: Person, changed_twice: tuple[str, str]
) -> None:
    owners, others = changed_twice
    with runtime.context() as ctx:
        email_changes.undo(ctx, link=owners, network=NETWORK)
        with pytest.raises(LinkExpired):
            email_changes.undo(ctx, link=others, network=NETWORK)
    assert stored(runtime, ada).email == ada.email


def test_a_two_factor_of_after_the_change_goes_with_the_change(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    with runtime.context() as ctx:
        me = signed_in(ctx)
        owners = change_address(ctx, mailer, me, EVIL)
        app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
        two_factor.turn_on(ctx, **me, code=app.at(ctx.now))
        email_changes.undo(ctx, link=owners, network=NETWORK)
        password_resets.request(ctx, email=ada.email, network=NETWORK)
        reset = link(ctx, mailer, "reset-password")
        password_resets.reset(ctx, link=reset, password=NEW, network=NETWORK)
        assert sign_ins.sign_in(ctx, identifier="ada", password=NEW, network=NETWORK)


def test_the_owners_own_two_factor_outlives_an_undo(
    runtime: Runtime, ada: Person, mailer: FakeMailer, clock: Clock
) -> None:
    with runtime.context() as ctx:
        app, _codes = factories.two_factor(ctx, ada)
    clock.move(minutes=1)
    with runtime.context() as ctx:
        owners = change_address(ctx, mailer, signed_in(ctx, app.at(ctx.now)), EVIL)
        email_changes.undo(ctx, link=owners, network=NETWORK)
        with pytest.raises(TwoFactorCodeNeeded):
            signed_in(ctx)


@pytest.mark.parametrize("word", ["", PASSWORD])
@pytest.mark.parametrize("ask", STEP_UPS)
def test_a_sign_in_that_has_ended_proves_nothing(
    ctx: Context, ada: Person, ask: Callable[[Context, Me, str], Any], word: str
) -> None:
    me = signed_in(ctx)
    with ctx.writing():
        sessions.end_all(ctx, person_id=ada.id)
    with pytest.raises(NotSignedIn):
        ask(ctx, me, word)
    with pytest.raises(NotSignedIn):
        exports.begin(ctx, **me, password=word)


@pytest.mark.parametrize("ask", STEP_UPS)
def test_what_was_under_way_when_the_owner_reset_the_password_does_nothing(
    runtime: Runtime,
    ada: Person,
    mailer: FakeMailer,
    ask: Callable[[Context, Me, str], Any],
) -> None:
    with runtime.context() as ctx:
        me = signed_in(ctx)
        factories.two_factor(ctx, ada)
        password_resets.request(ctx, email=ada.email, network=NETWORK)
        reset = link(ctx, mailer, "reset-password")
    slow, outcome = Slow(runtime), list[AppError]()

    def attack() -> None:
        with runtime.context() as ctx:
            try:
                ask(ctx, me, PASSWORD)
            except AppError as refusal:
                outcome.append(refusal)

    runtime.keyring = replace(runtime.keyring, passwords=slow)
    attacker = Thread(target=attack)
    attacker.start()
    assert slow.is_compared.wait(10)
    with runtime.context() as ctx:
        password_resets.reset(ctx, link=reset, password=NEW, network=NETWORK)
        told = len(mailer.letters)
    slow.may_go_on.set()
    attacker.join()
    assert [type(each) for each in outcome] in ([NotSignedIn], [TwoFactorCodeNeeded])
    after = stored(runtime, ada)
    assert (after.email, after.leaves_at, after.totp_on_at is None) == (ada.email, None, False)
    assert runtime.keyring.passwords.fits(NEW, after.password_hash)
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass
    assert [letter.to for letter in mailer.letters[told:]] == [ada.email]


def test_what_was_left_open_at_the_qr_code_asks_for_the_password(
    runtime: Runtime, ada: Person, clock: Clock
) -> None:
    with runtime.context() as ctx:
        me = signed_in(ctx)
        app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)
    clock.move(minutes=6)
    with runtime.context() as ctx:
        code = app.at(ctx.now)
        with pytest.raises(ReauthenticationNeeded):
            two_factor.turn_on(ctx, **me, code=code)
        with pytest.raises(IncorrectPassword):
            two_factor.turn_on(ctx, **me, code=code, password="not hers")
        assert two_factor.turn_on(ctx, **me, code=code, password=PASSWORD)


def test_asking_for_addresses_of_others_is_counted(ctx: Context, ada: Person) -> None:
    me = signed_in(ctx)
    for number in range(email_changes.ASKED_A_DAY):
        factories.person(ctx, f"bob{number}")
        with pytest.raises(EmailTaken):
            email_changes.request(ctx, **me, email=f"bob{number}@example.com")
    with pytest.raises(TooManyAttempts):
        email_changes.request(ctx, **me, email="bob1@example.com")


def test_a_password_with_a_nul_proves_as_any_other(ctx: Context) -> None:
    word = "moss kettle\x00violin zebra"
    person = factories.person(ctx, "grace", password=word)
    pair = sign_ins.sign_in(ctx, identifier="grace", password=word, network=NETWORK)
    session_id = ctx.keyring.tokens.read_access(pair.access, now=ctx.now)
    me = {"owner_id": person.id, "session_id": session_id}
    password_resets.change(ctx, **me, current=word, new=NEW)
